"use client";

import type { ReactNode } from "react";
import type * as z from "zod";
import { ErrorState } from "#components/ui/error-state.tsx";
import { Field } from "#components/ui/field.tsx";
import { fieldError } from "#components/ui/field-error.ts";
import { Input, Select } from "#components/ui/input.tsx";
import { Checkbox } from "#components/ui/toggle.tsx";
import { useApi } from "#components/ui/use-api.ts";
import type { AddNode } from "#lib/fleet/schema.ts";
import type { Problem } from "#lib/http/schema.ts";

/** What was typed, as text. */
export type NodeDraft = {
  poolId: string;
  name: string;
  baseUrl: string;
  apiKey: string;
  standalone: boolean;
  gpu: string;
  pricePerHour: string;
};

export const EMPTY_NODE: NodeDraft = {
  poolId: "",
  name: "",
  baseUrl: "",
  apiKey: "",
  standalone: false,
  gpu: "",
  pricePerHour: "",
};

/** The body for `POST /nodes`: what was left empty is left out. A price that is no number is the API's to refuse. */
export function toNewNode({ poolId, name, baseUrl, standalone, ...draft }: NodeDraft): z.input<typeof AddNode> {
  const [apiKey, gpu, price] = [draft.apiKey.trim(), draft.gpu.trim(), draft.pricePerHour.trim()];
  return {
    poolId,
    name,
    baseUrl,
    standalone,
    ...(apiKey === "" ? {} : { apiKey }),
    ...(gpu === "" ? {} : { gpu }),
    ...(price === "" ? {} : { pricePerHour: Number(price) }),
  };
}

const FIELDS = Object.keys(EMPTY_NODE);
const isPlaced = (problem: Problem): boolean =>
  problem.errors.length > 0 && problem.errors.every(({ field }) => FIELDS.includes(field));

/** Everything that is wrong with one field: a node can be unfit in several ways at once. */
const allErrors = (problem: Problem | null, field: string): ReactNode => {
  const errors = problem?.errors.filter((error) => error.field === field) ?? [];
  if (errors.length === 0) return null;
  return errors.map(({ code, message, fix }) => (
    <span key={code} className="block">
      {message} {fix}
    </span>
  ));
};

type FormProps = { draft: NodeDraft; onChange: (change: Partial<NodeDraft>) => void; problem: Problem | null };

/** The fields of a new node, each with what the API said about it. */
export function NodeForm({ draft, onChange, problem }: FormProps) {
  return (
    <>
      <WhereFields draft={draft} onChange={onChange} problem={problem} />
      <Field
        label="API key"
        hint="The engine's VLLM_API_KEY. It is sealed when stored and never shown again."
        optional
        error={fieldError(problem, "apiKey")}
      >
        {(control) => (
          <Input
            {...control}
            type="password"
            autoComplete="off"
            value={draft.apiKey}
            onChange={(event) => onChange({ apiKey: event.target.value })}
          />
        )}
      </Field>
      <Checkbox
        label="Standalone"
        hint="Serves evaluation baselines only, one version at a time; never customers."
        checked={draft.standalone}
        onChange={(event) => onChange({ standalone: event.target.checked })}
      />
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="GPU" optional error={fieldError(problem, "gpu")}>
          {(control) => (
            <Input
              {...control}
              autoComplete="off"
              placeholder="A100 80GB"
              value={draft.gpu}
              onChange={(event) => onChange({ gpu: event.target.value })}
            />
          )}
        </Field>
        <Field label="Price per hour" hint="In your currency." optional error={fieldError(problem, "pricePerHour")}>
          {(control) => (
            <Input
              {...control}
              autoComplete="off"
              inputMode="decimal"
              value={draft.pricePerHour}
              onChange={(event) => onChange({ pricePerHour: event.target.value })}
            />
          )}
        </Field>
      </div>
      {problem && !isPlaced(problem) && <ErrorState problem={problem} size="inline" />}
    </>
  );
}

function WhereFields({ draft, onChange, problem }: FormProps) {
  const pools = useApi("GET /pools", { query: { limit: 200 } });
  return (
    <>
      <Field label="Pool" error={fieldError(problem, "poolId")}>
        {(control) => (
          <Select
            {...control}
            value={draft.poolId}
            onChange={(event) => onChange({ poolId: event.target.value })}
            placeholder="Choose a pool"
            options={(pools.data?.items ?? []).map((pool) => ({
              value: pool.id,
              label: `${pool.name} · ${pool.baseModel} · rank ${pool.maxLoraRank}`,
            }))}
          />
        )}
      </Field>
      {pools.problem && <ErrorState problem={pools.problem} onRetry={pools.retry} size="inline" />}
      <Field label="Name" hint="Such as node-1; replies name it in a header." error={fieldError(problem, "name")}>
        {(control) => (
          <Input
            {...control}
            autoFocus
            autoComplete="off"
            spellCheck={false}
            value={draft.name}
            onChange={(event) => onChange({ name: event.target.value })}
          />
        )}
      </Field>
      <Field label="Address" hint="Of the vLLM server, without /v1." error={allErrors(problem, "baseUrl")}>
        {(control) => (
          <Input
            {...control}
            type="url"
            autoComplete="off"
            spellCheck={false}
            className="font-mono"
            placeholder="http://10.0.0.7:8000"
            value={draft.baseUrl}
            onChange={(event) => onChange({ baseUrl: event.target.value })}
          />
        )}
      </Field>
    </>
  );
}
