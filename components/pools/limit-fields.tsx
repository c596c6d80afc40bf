"use client";

import { NUMBER } from "#components/ui/form/field-text.ts";
import { FormSelect, FormText } from "#components/ui/form/form-fields.tsx";
import type { ApiForm } from "#components/ui/form/use-api-form.ts";
import type { EngineLimits } from "#lib/fleet/schema.ts";
import { LORA_RANKS } from "#lib/pools/schema.ts";
import { LIMIT_LABELS, type LimitKey } from "./limit-facts.ts";
import type { RolloutValues } from "./rollout-body.ts";

type FieldsProps = { form: ApiForm<RolloutValues> };

/** The API names a limit with or without the object it lies in. */
const errorsOf = (name: LimitKey): readonly string[] => [`target.${name}`, name];

function LimitField({
  form,
  name,
  hint,
  autoFocus = false,
}: FieldsProps & { name: Exclude<LimitKey, "maxLoraRank">; hint: string; autoFocus?: boolean }) {
  return (
    <FormText
      form={form}
      name={name}
      errorsOf={errorsOf(name)}
      as={NUMBER}
      label={LIMIT_LABELS[name]}
      hint={hint}
      inputMode="decimal"
      autoFocus={autoFocus}
    />
  );
}

const RANKS = LORA_RANKS.map((rank) => ({ value: rank, label: String(rank) }));

/** The limits that only a restart changes, each with what it is now. */
export function LimitFields({ form, before }: FieldsProps & { before: EngineLimits }) {
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <LimitField
        form={form}
        name="maxLoras"
        hint={`Adapters that run at the same time on one node. Now ${before.maxLoras}.`}
        autoFocus
      />
      <LimitField form={form} name="maxCpuLoras" hint={`Never fewer than GPU slots. Now ${before.maxCpuLoras}.`} />
      <FormSelect
        form={form}
        name="maxLoraRank"
        errorsOf={errorsOf("maxLoraRank")}
        label={LIMIT_LABELS.maxLoraRank}
        hint={`vLLM pads every slot to it. Now ${before.maxLoraRank}.`}
        options={RANKS}
      />
      <LimitField form={form} name="maxModelLen" hint={`Tokens of prompt and answer. Now ${before.maxModelLen}.`} />
      <LimitField
        form={form}
        name="gpuMemoryUtilization"
        hint={`Share of GPU memory for vLLM, 0.05 to 1. Now ${before.gpuMemoryUtilization}.`}
      />
    </div>
  );
}

/** How long a node may take for what. */
export function PaceFields({ form }: FieldsProps) {
  const number = { form, as: NUMBER, inputMode: "decimal" } as const;
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <FormText
        {...number}
        name="drainSeconds"
        label="Drain, seconds"
        hint="Time for running requests to finish on each node."
      />
      <FormText
        {...number}
        name="restartMinutes"
        errorsOf={["restartSeconds"]}
        label="Restart, minutes"
        hint="Time limit for the new process to answer."
      />
    </div>
  );
}
