"use client";

import { type FormEvent, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { FALLBACK_OPTIONS, fallbackOf } from "#components/ui/fallback-policy.ts";
import { Field } from "#components/ui/field.tsx";
import { fieldError } from "#components/ui/field-error.ts";
import { Input, Select } from "#components/ui/input.tsx";
import { useDenied } from "#components/ui/reader.tsx";
import { notify } from "#components/ui/toast.tsx";
import { useApiMutation } from "#components/ui/use-api.ts";
import type { Problem } from "#lib/http/schema.ts";
import type { FallbackPolicy, Pool } from "#lib/pools/schema.ts";
import { usePool } from "./pool-frame.tsx";

/** What was typed, and the generation it was typed over: whoever saved in between is not overwritten. */
type Edit = { generation: number; name: string; fallback: FallbackPolicy; maxBatchWaitMs: string };

const editOf = (pool: Pool): Edit => ({
  generation: pool.generation,
  name: pool.name,
  fallback: pool.fallback,
  maxBatchWaitMs: String(pool.maxBatchWaitMs),
});

/** What can change while the nodes run: name, fallback and batch wait. */
export function PoolPolicy({ pool }: { pool: Pool }) {
  const [edit, setEdit] = useState<Edit | null>(null);
  const denied = useDenied("fleet.write");
  const { retry } = usePool(pool.id);
  const update = useApiMutation("PATCH /pools/{poolId}", {
    onDone: () => {
      setEdit(null);
      notify({ title: "Policy saved", tone: "ok" });
    },
  });
  const shown = edit ?? editOf(pool);
  const change = (part: Partial<Edit>) => setEdit({ ...shown, ...part });
  const discard = () => {
    setEdit(null);
    update.reset();
    retry(); // whoever saved in between is seen at once
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const { generation, name, fallback } = shown;
    const maxBatchWaitMs = shown.maxBatchWaitMs.trim() === "" ? Number.NaN : Number(shown.maxBatchWaitMs);
    update.run({ params: { poolId: pool.id }, generation, body: { name, fallback, maxBatchWaitMs } });
  };
  const { problem } = update;
  const unchanged = edit === null ? "Nothing was changed." : undefined;
  return (
    <Card title="Policy">
      <form onSubmit={submit} className="flex flex-col gap-4" noValidate>
        <PolicyFields shown={shown} onChange={change} problem={problem} isReadOnly={denied !== undefined} />
        {problem && problem.errors.length === 0 && <ErrorState problem={problem} size="inline" />}
        <div className="flex gap-2">
          <Button type="submit" disabledReason={denied ?? unchanged} pending={update.isPending}>
            Save policy
          </Button>
          {edit !== null && <Button onClick={discard}>Discard changes</Button>}
        </div>
      </form>
    </Card>
  );
}

function PolicyFields({
  shown,
  onChange,
  problem,
  isReadOnly,
}: {
  shown: Edit;
  onChange: (part: Partial<Edit>) => void;
  problem: Problem | null;
  isReadOnly: boolean;
}) {
  return (
    <>
      <Field label="Name" error={fieldError(problem, "name")}>
        {(control) => (
          <Input
            {...control}
            autoComplete="off"
            readOnly={isReadOnly}
            value={shown.name}
            onChange={(event) => onChange({ name: event.target.value })}
          />
        )}
      </Field>
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
      <Field
        label="Longest batch wait, ms"
        hint="How long a burst may wait to be grouped by adapter."
        error={fieldError(problem, "maxBatchWaitMs")}
      >
        {(control) => (
          <Input
            {...control}
            inputMode="numeric"
            autoComplete="off"
            readOnly={isReadOnly}
            value={shown.maxBatchWaitMs}
            onChange={(event) => onChange({ maxBatchWaitMs: event.target.value })}
          />
        )}
      </Field>
    </>
  );
}
