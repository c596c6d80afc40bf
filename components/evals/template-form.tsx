"use client";

import { useFieldArray } from "react-hook-form";
import { starterPatterns } from "#lib/evals/browser/starter-template.ts";
import type { Pattern, Template, WriteTemplate } from "#lib/evals/browser/template-schema.ts";
import { toolRoles } from "#lib/evals/browser/tools-schema.ts";
import { Button } from "../ui/button.tsx";
import { ErrorState } from "../ui/error-state.tsx";
import { FormCheckbox, FormSelect, FormText, FormTextarea } from "../ui/form/form-fields.tsx";
import { type ApiForm, useApiForm } from "../ui/form/use-api-form.ts";
import { useFieldError } from "../ui/form/use-field-error.ts";
import { useDenied } from "../ui/reader.tsx";
import { notify } from "../ui/toast.tsx";
import { useApiMutation } from "../ui/use-api.ts";

const EMPTY: Pattern = {
  name: "new_pattern",
  category: "plain_request",
  turns: [{ role: "user", text: "" }],
  expects: "calls",
  holdOut: false,
  reason: "as in the template",
};

type FormProps = {
  /** null = a new one. */
  template: Template | null;
  onBind?: () => void;
  onDone: () => void;
};

function useTemplateForm({ template, onDone }: FormProps) {
  const saved = {
    onDone: () => {
      notify({ title: "Template saved", tone: "ok" });
      onDone();
    },
  };
  const create = useApiMutation("POST /suite-templates", saved);
  const put = useApiMutation("PUT /suite-templates/{templateId}", saved);
  const { name, description, patterns } = template ?? { name: "", description: "", patterns: starterPatterns };
  return useApiForm<WriteTemplate>({
    start: { name, description, patterns: [...patterns] },
    denied: useDenied("eval.run"),
    callOf: (body) => ({
      schema: async () => (await import("#lib/evals/browser/template-schema.ts")).WriteTemplate,
      body,
      send: () =>
        template
          ? put.runAsync({ params: { templateId: template.id }, generation: template.generation, body })
          : create.runAsync({ body }),
    }),
  });
}

/** A template's patterns: what is said, with places that each tenant's tools fill. */
export function TemplateForm(props: FormProps) {
  const form = useTemplateForm(props);
  const { fields, append, remove } = useFieldArray({ control: form.control, name: "patterns" });
  const error = useFieldError(form, "patterns");
  return (
    <form onSubmit={form.submit} className="flex flex-col gap-4" noValidate>
      <FormText form={form} name="name" label="Name" />
      <FormText form={form} name="description" label="For" optional hint="A short description of the use case." />
      <Grammar />
      <ol className="flex flex-col gap-3">
        {fields.map(({ id }, at) => (
          <li key={id}>
            <PatternFields form={form} at={at} onRemove={() => remove(at)} />
          </li>
        ))}
      </ol>
      {error && <p className="text-sm text-bad">{error}</p>}
      <Button size="sm" className="self-start" onClick={() => append(EMPTY)}>
        Add pattern
      </Button>
      <Buttons {...props} form={form} />
    </form>
  );
}

const Code = ({ children }: { children: string }) => <code className="font-mono text-xs">{children}</code>;

const Grammar = () => (
  <p className="text-sm text-fg-2">
    <Code>{"{cancel}"}</Code> is what the tenant's tool of that role does. <Code>{"{cancel.details}"}</Code> are its
    arguments, and <Code>{"{cancel.id}"}</Code> is one of them by its kind. <Code>{"{cancel#2.details}"}</Code> are
    those of a second call. Roles: {toolRoles.join(", ")}.
  </p>
);

type Part = { form: ApiForm<WriteTemplate> };

function Buttons({ template, onBind, onDone, form }: FormProps & Part) {
  const remove = useApiMutation("DELETE /suite-templates/{templateId}", { onDone });
  const { denied, isDirty, isSending } = form;
  const isChanged = isDirty || template === null;
  const problem = form.problem ?? remove.problem;
  return (
    <>
      {problem && <ErrorState problem={problem} size="inline" />}
      <div className="flex flex-wrap gap-2">
        <Button
          type="submit"
          variant={isChanged ? "primary" : "secondary"}
          pending={isSending}
          disabledReason={denied ?? (isChanged ? undefined : "No changes to save.")}
        >
          Save template
        </Button>
        {template && onBind && (
          <Button
            variant={isChanged ? "secondary" : "primary"}
            disabledReason={denied ?? (isChanged ? "Save it first." : undefined)}
            onClick={onBind}
          >
            Bind to tenants
          </Button>
        )}
        {template && (
          <Button
            variant="ghost"
            disabledReason={denied}
            pending={remove.isPending}
            onClick={() => remove.run({ params: { templateId: template.id }, generation: template.generation })}
          >
            Delete template
          </Button>
        )}
      </div>
    </>
  );
}

const EXPECTS = [
  { value: "calls", label: "Calls" },
  { value: "no_call", label: "No call" },
] as const;

function PatternFields({ form, at, onRemove }: Part & { at: number; onRemove: () => void }) {
  const pattern = `patterns.${at}` as const;
  const { fields, append } = useFieldArray({ control: form.control, name: `${pattern}.turns` });
  const own = { form, isLabelHidden: true } as const;
  const place = at + 1;
  return (
    <div className="flex flex-col gap-2 rounded-card border px-3 py-2.5">
      <div className="flex flex-wrap items-start gap-2">
        <FormText {...own} name={`${pattern}.name`} label={`Name of pattern ${place}`} className={WORD} />
        <FormText {...own} name={`${pattern}.category`} label={`Category of pattern ${place}`} className={WORD} />
        <FormSelect
          {...own}
          name={`${pattern}.expects`}
          label={`Right answer of pattern ${place}`}
          className="w-36"
          options={EXPECTS}
        />
        <FormCheckbox form={form} name={`${pattern}.holdOut`} label="Held out" />
        <Button size="sm" variant="ghost" className="ms-auto" onClick={onRemove}>
          Remove<span className="sr-only"> pattern {place}</span>
        </Button>
      </div>
      {fields.map(({ id, role }, turn) => (
        <div key={id} className="flex items-start gap-2">
          <span className="w-16 shrink-0 pt-1.5 text-xs text-fg-3">{role}</span>
          <div className="min-w-0 grow">
            <FormTextarea
              {...own}
              name={`${pattern}.turns.${turn}.text`}
              label={`Turn ${turn + 1} of pattern ${place}`}
              rows={2}
              className="w-full"
            />
          </div>
        </div>
      ))}
      <Button
        size="sm"
        variant="ghost"
        className="self-start"
        onClick={() =>
          append([
            { role: "assistant", text: "Shall I?" },
            { role: "user", text: "" },
          ])
        }
      >
        Add turn<span className="sr-only"> to pattern {place}</span>
      </Button>
    </div>
  );
}

const WORD = "w-44 font-mono text-xs";
