"use client";

import { FALLBACK_OPTIONS, fallbackOf } from "#components/ui/fallback-policy.ts";
import { Field } from "#components/ui/field.tsx";
import { fieldError } from "#components/ui/field-error.ts";
import { Select } from "#components/ui/input.tsx";
import { TextField } from "#components/ui/text-field.tsx";
import type { FallbackPolicy, Pool } from "#lib/pools/schema.ts";
import { type EditFields, PoolEditCard } from "./pool-edit-card.tsx";

/** What was typed, and the generation it was typed over: whoever saved in between is not overwritten. */
type Edit = { generation: number; name: string; fallback: FallbackPolicy; maxBatchWaitMs: string };

const editOf = (pool: Pool): Edit => ({
  generation: pool.generation,
  name: pool.name,
  fallback: pool.fallback,
  maxBatchWaitMs: String(pool.maxBatchWaitMs),
});

const toBody = ({ name, fallback, maxBatchWaitMs }: Edit) => ({
  name,
  fallback,
  maxBatchWaitMs: maxBatchWaitMs.trim() === "" ? Number.NaN : Number(maxBatchWaitMs),
});

const FIELDS = ["name", "fallback", "maxBatchWaitMs"];

/** What can change while the nodes run: name, fallback and batch wait. */
export function PoolPolicy({ pool }: { pool: Pool }) {
  return (
    <PoolEditCard pool={pool} title="Policy" read={editOf} toBody={toBody} fields={FIELDS}>
      {(form) => <PolicyFields {...form} />}
    </PoolEditCard>
  );
}

function PolicyFields({ shown, onChange, problem, isReadOnly }: EditFields<Edit>) {
  return (
    <>
      <TextField
        label="Name"
        error={fieldError(problem, "name")}
        readOnly={isReadOnly}
        value={shown.name}
        onChange={(name) => onChange({ name })}
      />
      <Field label="When a version cannot be served" error={fieldError(problem, "fallback")}>
        {(control) => (
          <Select
            {...control}
            disabled={isReadOnly}
            value={shown.fallback}
            onChange={(event) => onChange({ fallback: fallbackOf(event.target.value) })}
            options={FALLBACK_OPTIONS}
          />
        )}
      </Field>
      <TextField
        label="Longest batch wait, ms"
        hint="How long a burst may wait to be grouped by adapter."
        error={fieldError(problem, "maxBatchWaitMs")}
        inputMode="numeric"
        readOnly={isReadOnly}
        value={shown.maxBatchWaitMs}
        onChange={(maxBatchWaitMs) => onChange({ maxBatchWaitMs })}
      />
    </>
  );
}
