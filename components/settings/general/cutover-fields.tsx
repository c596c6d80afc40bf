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
  { value: "no", label: "Its canary, without a shadow" },
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
        hint="In shadow the new version gets copies of requests; customers get nothing of it. A cutover may be started with a plan of its own."
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
        label="Weights of its canary, in percent"
        hint="Of the conversations, one step after the other, such as 1, 5, 25, 50. None is no canary."
        readOnly={isReadOnly}
        value={shown.cutoverWeights}
        onChange={(cutoverWeights) => onChange({ cutoverWeights })}
        error={fieldError(problem, "cutoverWeights") ?? weightError(problem)}
      />
      <TextField
        label="A step of a cutover needs, in requests"
        hint="Of the new version, before shadow or canary goes on."
        {...number("cutoverMinRequests")}
      />
      <TextField
        label="A step of a cutover takes at least, in minutes"
        hint="However many requests come meanwhile."
        {...number("cutoverStepMinutes")}
      />
      <TextField
        label="The soak of a cutover takes, in minutes"
        hint="How long its guard goes on once everybody has the new version; 0 is no soak."
        {...number("cutoverSoakMinutes")}
      />
      <TextField
        label="Origins are kept for, in days"
        hint="How long a customer's present endpoint stays the way back once its version is live."
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
        label="Evaluations wait while more requests queue than"
        hint="Customers' requests in the pool's queue at the gateway. An evaluation goes on by itself at half of it."
        {...number("evalYieldWaiting")}
      />
      <TextField
        label="Evaluations wait while more requests wait for a slot than"
        hint="Customers' requests on the pool's nodes, at two looks in a row. A missed p95 objective holds them too."
        {...number("evalYieldDeferred")}
      />
      <TextField
        label="Evaluation replies are kept for, in days"
        hint="Replies contain customers' text. Older ones are deleted. Scores and verdicts stay, but such a run cannot be judged again."
        {...number("evalReplyDays")}
      />
    </>
  );
}
