"use client";

import { useEffect } from "react";
import type { FileReport } from "#lib/evals/browser/suite-schema.ts";
import { Notice } from "../ui/card.tsx";
import { ErrorState } from "../ui/error-state.tsx";
import { Field } from "../ui/field.tsx";
import { FormSelect, FormText } from "../ui/form/form-fields.tsx";
import { SubmitRow } from "../ui/form/submit-row.tsx";
import { type ApiForm, useApiForm, useFormValues } from "../ui/form/use-api-form.ts";
import { useFormField } from "../ui/form/use-form-field.ts";
import { useApiMutation } from "../ui/use-api.ts";
import { ProblemList } from "./problem-list.tsx";

const FORMATS = [
  { value: "openai", label: "OpenAI tools (JSON Lines)" },
  { value: "bfcl", label: "Berkeley leaderboard (questions and answers)" },
] as const;
type Making = { tenantId: string; holdOutShare: number; onMade: (suite: { id: string }) => void };
/** `text` and `answers` are files; an empty one was not chosen. */
type Values = { format: (typeof FORMATS)[number]["value"]; text: string; answers: string; name: string };

const fileOf = ({ format, text, answers }: Values) => ({
  ...{ format, text },
  ...(format === "bfcl" && answers !== "" ? { answers } : {}),
});

/** A file of prompts: read here, checked by the server as soon as it is chosen, imported whole or not at all. */
export function ImportFields({ tenantId, holdOutShare, onMade }: Making) {
  const create = useApiMutation("POST /tenants/{tenantId}/suites/import", {
    alsoRefresh: ["suites", "suite-readiness"],
    onDone: onMade,
  });
  const form = useApiForm<Values>({
    start: { format: "openai", text: "", answers: "", name: "Imported" },
    callOf: (values) => {
      const body = { ...fileOf(values), name: values.name, holdOutShare };
      return {
        schema: async () => (await import("#lib/evals/browser/suite-schema.ts")).ImportSuite,
        body,
        send: () => create.runAsync({ params: { tenantId }, body }),
      };
    },
  });
  const values = useFormValues(form);
  const preview = usePreview(tenantId, values);
  const isWrong = preview.data !== undefined && preview.data.problems.length > 0;
  const isBfcl = values.format === "bfcl";
  return (
    <form onSubmit={form.submit} className="flex flex-col gap-4" noValidate>
      <FormSelect form={form} name="format" label="Format" options={FORMATS} className="w-full" />
      <FileField
        form={form}
        name="text"
        label={isBfcl ? "Questions" : "Prompts"}
        hint={isBfcl ? "One question per line." : "One object per line: messages, tools, expected_tool_calls."}
      />
      {isBfcl && (
        <FileField
          form={form}
          name="answers"
          label="Answers"
          hint="Without this file, a reply to a question is right when it calls no tool."
        />
      )}
      <FormText form={form} name="name" label="Name" />
      {preview.isPending && (
        <p className="text-md text-fg-2" role="status">
          Reading the file.
        </p>
      )}
      {preview.problem && <ErrorState problem={preview.problem} size="inline" />}
      {preview.data && <Report report={preview.data} />}
      <SubmitRow
        form={form}
        label="Import suite"
        blocked={isWrong ? "Fix the invalid lines before you import." : undefined}
      />
    </form>
  );
}

/** What the server finds in the file, once there is one. */
function usePreview(tenantId: string, { format, text, answers }: Values) {
  const preview = useApiMutation("POST /tenants/{tenantId}/suites/import/preview");
  const { run, reset } = preview;
  useEffect(() => {
    reset();
    if (text !== "") run({ params: { tenantId }, body: fileOf({ format, text, answers, name: "" }) });
  }, [format, text, answers, tenantId, run, reset]);
  return preview;
}

function FileField({
  form,
  name,
  ...field
}: {
  form: ApiForm<Values>;
  name: "text" | "answers";
  label: string;
  hint: string;
}) {
  const { onChange, error, ref } = useFormField<Values, string>({ form, name });
  return (
    <Field {...field} error={error && "Choose a file that is not empty."}>
      {(control) => (
        <input
          {...control}
          ref={ref}
          type="file"
          accept=".jsonl,.json,.txt,.ndjson"
          className="text-sm file:me-3 file:rounded-control file:border file:border-line-control file:bg-bg file:px-2.5 file:py-1"
          onChange={(event) => {
            const [chosen] = event.target.files ?? [];
            if (!chosen) onChange("");
            else void chosen.text().then(onChange);
          }}
        />
      )}
    </Field>
  );
}

function Report({ report }: { report: FileReport }) {
  const { problems, duplicates, prompts, lines, categories } = report;
  return (
    <div className="flex flex-col gap-3" role="status">
      {problems.length > 0 ? (
        <ProblemList
          problems={problems}
          placeOf={(at) => {
            const problem = problems[at];
            return problem ? `${problem.file === "answers" ? "answers, " : ""}line ${problem.line}` : "";
          }}
        />
      ) : (
        <p className="text-md">
          {lines} lines give {prompts} prompts in {categories.length}{" "}
          {categories.length === 1 ? "category" : "categories"}. A pass without a regression proves: {report.claim}.
        </p>
      )}
      {duplicates.length > 0 && (
        <Notice tone="warn">
          {duplicates.length === 1
            ? "One line repeats an earlier one and is"
            : `${duplicates.length} lines repeat earlier ones and are`}{" "}
          left out:{" "}
          {duplicates
            .slice(0, 10)
            .map(({ line, of }) => `${line} (as ${of})`)
            .join(", ")}
          {duplicates.length > 10 ? ", …" : ""}.
        </Notice>
      )}
      {problems.length === 0 && !report.isLargeEnough && (
        <Notice tone="warn">Fewer than 200 prompts: the suite is saved but cannot gate until it has more.</Notice>
      )}
    </div>
  );
}
