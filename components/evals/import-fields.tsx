"use client";

import { useEffect, useMemo, useState } from "react";
import type { FileReport } from "#lib/evals/browser/suite-schema.ts";
import { Button } from "../ui/button.tsx";
import { Notice } from "../ui/card.tsx";
import { ErrorState } from "../ui/error-state.tsx";
import { Field } from "../ui/field.tsx";
import { Select } from "../ui/input.tsx";
import { TextField } from "../ui/text-field.tsx";
import { useApiMutation } from "../ui/use-api.ts";
import { ProblemList } from "./problem-list.tsx";

const FORMATS = [
  { value: "openai", label: "OpenAI tools (JSON Lines)" },
  { value: "bfcl", label: "Berkeley leaderboard (questions and answers)" },
] as const;
type Format = (typeof FORMATS)[number]["value"];
type Read = { name: string; text: string };

type Making = { tenantId: string; holdOutShare: number; onMade: (suite: { id: string }) => void };

/** The file as it is sent, once there is one; a new one is checked at once. */
function useImport({ tenantId, onMade }: Making, format: Format, file: Read | null, answers: Read | null) {
  const preview = useApiMutation("POST /tenants/{tenantId}/suites/import/preview");
  const create = useApiMutation("POST /tenants/{tenantId}/suites/import", {
    alsoRefresh: ["suites", "suite-readiness"],
    onDone: onMade,
  });
  const sent = useMemo(
    () => file && { format, text: file.text, ...(answers && format === "bfcl" ? { answers: answers.text } : {}) },
    [file, answers, format],
  );
  const { run, reset } = preview;
  useEffect(() => {
    reset();
    if (sent) run({ params: { tenantId }, body: sent });
  }, [sent, tenantId, run, reset]);
  return { preview, create, sent };
}

/** A file of prompts: read here, checked by the server, imported whole or not at all. */
export function ImportFields(making: Making) {
  const { tenantId, holdOutShare } = making;
  const [format, setFormat] = useState<Format>("openai");
  const [name, setName] = useState("Imported");
  const [file, setFile] = useState<Read | null>(null);
  const [answers, setAnswers] = useState<Read | null>(null);
  const { preview, create, sent } = useImport(making, format, file, answers);
  const report = preview.data;
  const isSound = report !== undefined && report.problems.length === 0;
  return (
    <div className="flex flex-col gap-4">
      <FileFields format={format} onFormat={setFormat} onFile={setFile} onAnswers={setAnswers} />
      <TextField label="Name" value={name} onChange={setName} />
      {preview.isPending && (
        <p className="text-md text-fg-2" role="status">
          Reading the file.
        </p>
      )}
      {preview.problem && <ErrorState problem={preview.problem} size="inline" />}
      {report && <Report report={report} />}
      {create.problem && <ErrorState problem={create.problem} size="inline" />}
      <div>
        <Button
          variant="primary"
          pending={create.isPending}
          disabledReason={
            file === null
              ? "Choose a file."
              : !isSound
                ? "Fix the invalid lines before you import."
                : name.trim() === ""
                  ? "Enter a name."
                  : undefined
          }
          onClick={() => sent && create.run({ params: { tenantId }, body: { ...sent, name, holdOutShare } })}
        >
          Import suite
        </Button>
      </div>
    </div>
  );
}

function FileFields({
  format,
  onFormat,
  onFile,
  onAnswers,
}: {
  format: Format;
  onFormat: (format: Format) => void;
  onFile: (read: Read | null) => void;
  onAnswers: (read: Read | null) => void;
}) {
  return (
    <>
      <Field label="Format">
        {(control) => (
          <Select
            {...control}
            className="w-full"
            value={format}
            options={FORMATS}
            onChange={(event) => onFormat(event.target.value === "bfcl" ? "bfcl" : "openai")}
          />
        )}
      </Field>
      <FileField
        label={format === "bfcl" ? "Questions" : "Prompts"}
        hint={
          format === "bfcl" ? "One question per line." : "One object per line: messages, tools, expected_tool_calls."
        }
        onRead={onFile}
      />
      {format === "bfcl" && (
        <FileField
          label="Answers"
          hint="Without this file, a reply to a question is right when it calls no tool."
          onRead={onAnswers}
        />
      )}
    </>
  );
}

function FileField({ label, hint, onRead }: { label: string; hint: string; onRead: (read: Read | null) => void }) {
  return (
    <Field label={label} hint={hint}>
      {(control) => (
        <input
          {...control}
          type="file"
          accept=".jsonl,.json,.txt,.ndjson"
          className="text-sm file:me-3 file:rounded-control file:border file:border-line-control file:bg-bg file:px-2.5 file:py-1"
          onChange={(event) => {
            const [chosen] = event.target.files ?? [];
            if (!chosen) onRead(null);
            else void chosen.text().then((text) => onRead({ name: chosen.name, text }));
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
