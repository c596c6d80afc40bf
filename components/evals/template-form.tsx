"use client";

import { useState } from "react";
import { starterPatterns } from "#lib/evals/browser/starter-template.ts";
import type { Pattern, Template } from "#lib/evals/browser/template-schema.ts";
import { toolRoles } from "#lib/evals/browser/tools-schema.ts";
import { Button } from "../ui/button.tsx";
import { ByPlace } from "../ui/by-place.tsx";
import { ErrorState } from "../ui/error-state.tsx";
import { fieldError } from "../ui/field-error.ts";
import { Input, Select, Textarea } from "../ui/input.tsx";
import { useDenied } from "../ui/reader.tsx";
import { TextField } from "../ui/text-field.tsx";
import { notify } from "../ui/toast.tsx";
import { Checkbox } from "../ui/toggle.tsx";
import { useApiMutation } from "../ui/use-api.ts";
import { ProblemList } from "./problem-list.tsx";

type Draft = { name: string; description: string; patterns: readonly Pattern[] };

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

/** A template's patterns: what is said, with places that each tenant's tools fill. */
export function TemplateForm(props: FormProps) {
  const { template } = props;
  const [draft, setDraft] = useState<Draft>(template ?? { name: "", description: "", patterns: starterPatterns });
  const [isChanged, setChanged] = useState(template === null);
  const saving = useTemplateSave(props);
  const { problem } = saving;
  const change = (part: Partial<Draft>) => {
    setDraft({ ...draft, ...part });
    setChanged(true);
  };
  const { name, description, patterns } = draft;
  const others = problem?.errors.filter(({ field }) => field !== "name") ?? [];
  return (
    <div className="flex flex-col gap-4">
      <TextField
        label="Name"
        error={fieldError(problem, "name")}
        value={name}
        onChange={(next) => change({ name: next })}
      />
      <TextField
        label="For"
        optional
        hint="A short description of the use case."
        value={description}
        onChange={(next) => change({ description: next })}
      />
      <Grammar />
      <ol className="flex flex-col gap-3">
        <ByPlace items={patterns}>
          {(pattern, at) => (
            <li>
              <PatternFields
                pattern={pattern}
                place={at + 1}
                onChange={(next) => change({ patterns: patterns.with(at, next) })}
                onRemove={() => change({ patterns: patterns.toSpliced(at, 1) })}
              />
            </li>
          )}
        </ByPlace>
      </ol>
      <div>
        <Button size="sm" onClick={() => change({ patterns: [...patterns, EMPTY] })}>
          Add pattern
        </Button>
      </div>
      {others.length > 0 && <ProblemList problems={others} />}
      {problem && problem.errors.length === 0 && <ErrorState problem={problem} size="inline" />}
      <Buttons {...props} saving={saving} draft={draft} isChanged={isChanged} />
    </div>
  );
}

function useTemplateSave({ template, onDone }: FormProps) {
  const saved = {
    onDone: () => {
      notify({ title: "Template saved", tone: "ok" });
      onDone();
    },
  };
  const create = useApiMutation("POST /suite-templates", saved);
  const put = useApiMutation("PUT /suite-templates/{templateId}", saved);
  const remove = useApiMutation("DELETE /suite-templates/{templateId}", { onDone });
  const of = template && { params: { templateId: template.id }, generation: template.generation };
  return {
    problem: create.problem ?? put.problem ?? remove.problem,
    isSaving: create.isPending || put.isPending,
    isRemoving: remove.isPending,
    save: ({ name, description, patterns }: Draft) => {
      const body = { name, description, patterns: [...patterns] };
      if (of) put.run({ ...of, body });
      else create.run({ body });
    },
    remove: () => of && remove.run(of),
  };
}

const Code = ({ children }: { children: string }) => <code className="font-mono text-xs">{children}</code>;

const Grammar = () => (
  <p className="text-sm text-fg-2">
    <Code>{"{cancel}"}</Code> is what the tenant's tool of that role does. <Code>{"{cancel.details}"}</Code> are its
    arguments, and <Code>{"{cancel.id}"}</Code> is one of them by its kind. <Code>{"{cancel#2.details}"}</Code> are
    those of a second call. Roles: {toolRoles.join(", ")}.
  </p>
);

function Buttons({
  template,
  onBind,
  saving,
  draft,
  isChanged,
}: FormProps & { saving: ReturnType<typeof useTemplateSave>; draft: Draft; isChanged: boolean }) {
  const denied = useDenied("eval.run");
  const unsaved = draft.name.trim() === "" ? "Enter a name." : undefined;
  return (
    <div className="flex flex-wrap gap-2">
      <Button
        variant={template && !isChanged ? "secondary" : "primary"}
        pending={saving.isSaving}
        disabledReason={denied ?? (isChanged ? unsaved : "No changes to save.")}
        onClick={() => saving.save(draft)}
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
        <Button variant="ghost" disabledReason={denied} pending={saving.isRemoving} onClick={saving.remove}>
          Delete template
        </Button>
      )}
    </div>
  );
}

function PatternFields({
  pattern,
  place,
  onChange,
  onRemove,
}: {
  pattern: Pattern;
  place: number;
  onChange: (pattern: Pattern) => void;
  onRemove: () => void;
}) {
  const set = (part: Partial<Pattern>) => onChange({ ...pattern, ...part });
  return (
    <div className="flex flex-col gap-2 rounded-card border px-3 py-2.5">
      <PatternHead pattern={pattern} place={place} onChange={set} onRemove={onRemove} />
      <ByPlace items={pattern.turns}>
        {(turn, at) => (
          <div className="flex items-start gap-2">
            <span className="w-16 shrink-0 pt-1.5 text-xs text-fg-3">{turn.role}</span>
            <Textarea
              aria-label={`Turn ${at + 1} of pattern ${place}`}
              rows={2}
              className="w-full"
              value={turn.text}
              onChange={(event) => set({ turns: pattern.turns.with(at, { ...turn, text: event.target.value }) })}
            />
          </div>
        )}
      </ByPlace>
      <div>
        <Button
          size="sm"
          variant="ghost"
          onClick={() =>
            set({ turns: [...pattern.turns, { role: "assistant", text: "Shall I?" }, { role: "user", text: "" }] })
          }
        >
          Add turn<span className="sr-only"> to pattern {place}</span>
        </Button>
      </div>
    </div>
  );
}

function PatternHead({
  pattern,
  place,
  onChange,
  onRemove,
}: {
  pattern: Pattern;
  place: number;
  onChange: (part: Partial<Pattern>) => void;
  onRemove: () => void;
}) {
  return (
    <div className="flex flex-wrap items-center gap-2">
      <Input
        aria-label={`Name of pattern ${place}`}
        className="w-44 font-mono text-xs"
        value={pattern.name}
        onChange={(event) => onChange({ name: event.target.value })}
      />
      <Input
        aria-label={`Category of pattern ${place}`}
        className="w-44 font-mono text-xs"
        value={pattern.category}
        onChange={(event) => onChange({ category: event.target.value })}
      />
      <Select
        aria-label={`Right answer of pattern ${place}`}
        className="w-36"
        value={pattern.expects}
        options={[
          { value: "calls", label: "Calls" },
          { value: "no_call", label: "No call" },
        ]}
        onChange={(event) => onChange({ expects: event.target.value === "no_call" ? "no_call" : "calls" })}
      />
      <Checkbox
        label="Held out"
        checked={pattern.holdOut}
        onChange={(event) => onChange({ holdOut: event.target.checked })}
      />
      <Button size="sm" variant="ghost" className="ms-auto" onClick={onRemove}>
        Remove<span className="sr-only"> pattern {place}</span>
      </Button>
    </div>
  );
}
