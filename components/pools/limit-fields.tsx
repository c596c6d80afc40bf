"use client";

import { Field } from "#components/ui/field.tsx";
import { fieldError } from "#components/ui/field-error.ts";
import { Input, Select } from "#components/ui/input.tsx";
import type { EngineLimits } from "#lib/fleet/schema.ts";
import type { Problem } from "#lib/http/schema.ts";
import { LORA_RANKS } from "#lib/pools/schema.ts";
import { LIMIT_LABELS } from "./limit-facts.ts";
import type { RolloutDraft } from "./rollout-draft.ts";

type FieldsProps = {
  draft: RolloutDraft;
  before: EngineLimits;
  onChange: (change: Partial<RolloutDraft>) => void;
  problem: Problem | null;
};

const HINTS = {
  maxLoras: "Adapters that run at the same time on one node.",
  maxCpuLoras: "Never fewer than GPU slots.",
  maxModelLen: "Tokens of prompt and answer.",
  gpuMemoryUtilization: "Share of GPU memory for vLLM, 0.05 to 1.",
} as const;

/** The API names a limit with or without the object it lies in. */
const errorOf = (problem: Problem | null, key: string): string | null =>
  fieldError(problem, `target.${key}`) ?? fieldError(problem, key);

function NumberField({
  name,
  label,
  hint,
  draft,
  onChange,
  problem,
  autoFocus = false,
}: Omit<FieldsProps, "before"> & { name: keyof RolloutDraft; label: string; hint: string; autoFocus?: boolean }) {
  return (
    <Field label={label} hint={hint} error={errorOf(problem, name)}>
      {(control) => (
        <Input
          {...control}
          autoFocus={autoFocus}
          inputMode="decimal"
          autoComplete="off"
          value={draft[name]}
          onChange={(event) => onChange({ [name]: event.target.value })}
        />
      )}
    </Field>
  );
}

/** The limits that only a restart changes, each with what it is now. */
export function LimitFields({ before, ...form }: FieldsProps) {
  const { draft, onChange, problem } = form;
  const hintOf = (key: keyof typeof HINTS): string => `${HINTS[key]} Now ${before[key]}.`;
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <NumberField {...form} name="maxLoras" label={LIMIT_LABELS.maxLoras} hint={hintOf("maxLoras")} autoFocus />
      <NumberField {...form} name="maxCpuLoras" label={LIMIT_LABELS.maxCpuLoras} hint={hintOf("maxCpuLoras")} />
      <Field
        label={LIMIT_LABELS.maxLoraRank}
        hint={`vLLM pads every slot to it. Now ${before.maxLoraRank}.`}
        error={errorOf(problem, "maxLoraRank")}
      >
        {(control) => (
          <Select
            {...control}
            value={draft.maxLoraRank}
            onChange={(event) => onChange({ maxLoraRank: event.target.value })}
            options={LORA_RANKS.map((rank) => ({ value: String(rank), label: String(rank) }))}
          />
        )}
      </Field>
      <NumberField {...form} name="maxModelLen" label={LIMIT_LABELS.maxModelLen} hint={hintOf("maxModelLen")} />
      <NumberField
        {...form}
        name="gpuMemoryUtilization"
        label={LIMIT_LABELS.gpuMemoryUtilization}
        hint={hintOf("gpuMemoryUtilization")}
      />
    </div>
  );
}

/** How long a node may take for what. */
export function PaceFields(form: Omit<FieldsProps, "before">) {
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <NumberField
        {...form}
        name="drainSeconds"
        label="Drain, seconds"
        hint="Time for running requests to finish on each node."
      />
      <Field
        label="Restart, minutes"
        hint="Time limit for the new process to answer."
        error={errorOf(form.problem, "restartSeconds")}
      >
        {(control) => (
          <Input
            {...control}
            inputMode="decimal"
            autoComplete="off"
            value={form.draft.restartMinutes}
            onChange={(event) => form.onChange({ restartMinutes: event.target.value })}
          />
        )}
      </Field>
    </div>
  );
}
