"use client";

import { NUMBER, NUMBERS } from "#components/ui/form/field-text.ts";
import { FormSelect, FormText } from "#components/ui/form/form-fields.tsx";
import type { ApiForm } from "#components/ui/form/use-api-form.ts";
import type { Settings } from "#lib/pools/browser/settings-schema.ts";

const BEGINNINGS = [
  { value: true, label: "Shadow" },
  { value: false, label: "Canary, without shadow" },
] as const;

/** How a cutover goes that is started without a plan of its own, and the settings of evaluations. */
export function CutoverFields({ form }: { form: ApiForm<Settings> }) {
  const number = { form, as: NUMBER, inputMode: "numeric" } as const;
  return (
    <>
      <FormSelect
        form={form}
        name="cutoverShadow"
        label="A cutover begins with"
        hint="In shadow, the new version gets copies of requests; customers never see its replies. Each cutover can override this plan."
        options={BEGINNINGS}
      />
      <FormText
        form={form}
        name="cutoverWeights"
        as={NUMBERS}
        label="Canary weights, in percent"
        hint="Share of conversations per step, such as 1, 5, 25, 50. Leave empty to skip the canary."
      />
      <FormText
        {...number}
        name="cutoverMinRequests"
        label="Minimum requests per cutover step"
        hint="Requests to the new version before shadow or canary continues."
      />
      <FormText
        {...number}
        name="cutoverStepMinutes"
        label="Minimum duration of a cutover step, in minutes"
        hint="Applies at any request volume."
      />
      <FormText
        {...number}
        name="cutoverSoakMinutes"
        label="Soak period of a cutover, in minutes"
        hint="How long the guard keeps watching at full traffic. 0 disables the soak period."
      />
      <FormText
        {...number}
        name="originKeepDays"
        label="Keep origins for, in days"
        hint="How long you can roll back to a customer's own endpoint after its version is live."
      />
      <EvaluationFields form={form} />
    </>
  );
}

/** When evaluations leave room for customers, and how long their replies are kept. */
function EvaluationFields({ form }: { form: ApiForm<Settings> }) {
  const number = { form, as: NUMBER, inputMode: "numeric" } as const;
  return (
    <>
      <FormText
        {...number}
        name="evalYieldWaiting"
        label="Pause evaluations above this queue length"
        hint="Customer requests in the pool's queue at the gateway. Evaluations resume at half this number."
      />
      <FormText
        {...number}
        name="evalYieldDeferred"
        label="Pause evaluations above this number of requests waiting for a slot"
        hint="Customer requests on the pool's nodes, at two polls in a row. A missed p95 objective also pauses evaluations."
      />
      <FormText
        {...number}
        name="evalReplyDays"
        label="Keep evaluation replies for, in days"
        hint="Replies contain customer text. Older ones are deleted. Scores and verdicts are kept, but the run cannot be judged again."
      />
    </>
  );
}
