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
          label="Concurrent cutovers"
          hint="1 to 20. Fewer start when a CPU cache is full."
          inputMode="numeric"
          value={draft.atOnce}
          onChange={(atOnce) => onChange({ ...draft, atOnce })}
          error={fieldError(problem, "atOnce")}
        />
        <TextField
          label="Stop after failures"
          hint="After this, no new cutover starts; running ones continue."
          inputMode="numeric"
          value={draft.stopAfterFailures}
          onChange={(stopAfterFailures) => onChange({ ...draft, stopAfterFailures })}
          error={fieldError(problem, "stopAfterFailures")}
        />
      </div>
      <Segments
        label="Cutover steps"
        options={[
          { key: "steps", label: "Step by step" },
          { key: "once", label: "All at once" },
        ]}
        value={draft.pace}
        onChange={(pace) => onChange({ ...draft, pace })}
      />
      {may.includes("cutover.override") && (
        <Field
          label="Override gates"
          optional
          hint="To let versions without a pass go live, enter a reason of at least 10 characters. It is kept in each audit trail."
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
