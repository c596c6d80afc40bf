"use client";

import type { EditFields } from "#components/ui/edit-card.tsx";
import { Field } from "#components/ui/field.tsx";
import { fieldError } from "#components/ui/field-error.ts";
import { Select } from "#components/ui/input.tsx";
import { TextField } from "#components/ui/text-field.tsx";
import { numberField } from "./number-field.ts";
import type { SettingsEdit } from "./settings-edit.ts";

const BEGINNINGS = [
  { value: "yes", label: "Shadow" },
  { value: "no", label: "Canary, without shadow" },
] as const;

/** What is wrong with one of the weights. */
const weightError = (problem: EditFields<SettingsEdit>["problem"]): string | null =>
  problem?.errors.find(({ field }) => field.startsWith("cutoverWeights."))?.message ?? null;

/** How a cutover goes that is started without a plan of its own, and the settings of evaluations. */
export function CutoverFields({ shown, onChange, problem, isReadOnly }: EditFields<SettingsEdit>) {
  const number = numberField({ shown, onChange, problem, isReadOnly });
  return (
    <>
      <Field
        label="A cutover begins with"
        hint="In shadow, the new version gets copies of requests; customers never see its replies. Each cutover can override this plan."
        error={fieldError(problem, "cutoverShadow")}
      >
        {(control) => (
          <Select
            {...control}
            disabled={isReadOnly}
            value={shown.cutoverShadow}
            onChange={({ target }) => onChange({ cutoverShadow: target.value === "yes" ? "yes" : "no" })}
            options={BEGINNINGS}
          />
        )}
      </Field>
      <TextField
        label="Canary weights, in percent"
        hint="Share of conversations per step, such as 1, 5, 25, 50. Leave empty to skip the canary."
        readOnly={isReadOnly}
        value={shown.cutoverWeights}
        onChange={(cutoverWeights) => onChange({ cutoverWeights })}
        error={fieldError(problem, "cutoverWeights") ?? weightError(problem)}
      />
      <TextField
        label="Minimum requests per cutover step"
        hint="Requests to the new version before shadow or canary continues."
        {...number("cutoverMinRequests")}
      />
      <TextField
        label="Minimum duration of a cutover step, in minutes"
        hint="Applies at any request volume."
        {...number("cutoverStepMinutes")}
      />
      <TextField
        label="Soak period of a cutover, in minutes"
        hint="How long the guard keeps watching at full traffic. 0 disables the soak period."
        {...number("cutoverSoakMinutes")}
      />
      <TextField
        label="Keep origins for, in days"
        hint="How long you can roll back to a customer's own endpoint after its version is live."
        {...number("originKeepDays")}
      />
      <EvaluationFields number={number} />
    </>
  );
}

/** When evaluations leave room for customers, and how long their replies are kept. */
function EvaluationFields({ number }: { number: ReturnType<typeof numberField> }) {
  return (
    <>
      <TextField
        label="Pause evaluations above this queue length"
        hint="Customer requests in the pool's queue at the gateway. Evaluations resume at half this number."
        {...number("evalYieldWaiting")}
      />
      <TextField
        label="Pause evaluations above this number of requests waiting for a slot"
        hint="Customer requests on the pool's nodes, at two polls in a row. A missed p95 objective also pauses evaluations."
        {...number("evalYieldDeferred")}
      />
      <TextField
        label="Keep evaluation replies for, in days"
        hint="Replies contain customer text. Older ones are deleted. Scores and verdicts are kept, but the run cannot be judged again."
        {...number("evalReplyDays")}
      />
    </>
  );
}
