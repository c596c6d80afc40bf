"use client";

import type { Problem } from "#lib/http/schema.ts";
import { Field } from "../../ui/field.tsx";
import { fieldError } from "../../ui/field-error.ts";
import { Textarea } from "../../ui/input.tsx";
import { useReader } from "../../ui/reader.tsx";
import { Segments } from "../../ui/segments.tsx";
import { TextField } from "../../ui/text-field.tsx";
import type { BatchDraft } from "./batch-draft.ts";

/** How many at a time, when to stop, and how each of them goes. */
export function BatchChoices({
  draft,
  onChange,
  problem,
}: {
  draft: BatchDraft;
  onChange: (draft: BatchDraft) => void;
  problem: Problem | null;
}) {
  const { may } = useReader();
  return (
    <div className="flex flex-col gap-4">
      <div className="grid max-w-160 gap-4 sm:grid-cols-2">
        <TextField
          label="At a time"
          hint="Cutovers under way at once, 1 to 20. Fewer start where a CPU cache has no place."
          inputMode="numeric"
          value={draft.atOnce}
          onChange={(atOnce) => onChange({ ...draft, atOnce })}
          error={fieldError(problem, "atOnce")}
        />
        <TextField
          label="Stop after failures"
          hint="Then nothing new starts; what is under way goes on."
          inputMode="numeric"
          value={draft.stopAfterFailures}
          onChange={(stopAfterFailures) => onChange({ ...draft, stopAfterFailures })}
          error={fieldError(problem, "stopAfterFailures")}
        />
      </div>
      <Segments
        label="How each of them goes"
        options={[
          { key: "steps", label: "Step by step" },
          { key: "once", label: "All at once" },
        ]}
        value={draft.pace}
        onChange={(pace) => onChange({ ...draft, pace })}
      />
      {may.includes("cutover.override") && (
        <Field
          label="Set gates aside"
          optional
          hint="A reason of at least 10 characters lets those go live that did not pass. It is kept in the audit trail of each."
          error={fieldError(problem, "overrideReason")}
        >
          {(control) => (
            <Textarea
              {...control}
              rows={2}
              value={draft.overrideReason}
              onChange={({ target }) => onChange({ ...draft, overrideReason: target.value })}
            />
          )}
        </Field>
      )}
    </div>
  );
}
