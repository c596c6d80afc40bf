"use client";

import type { ReactNode } from "react";
import { NUMBER, PROPOSED_NUMBER, PROPOSED_TEXT } from "#components/ui/form/field-text.ts";
import { FormSelect, FormText } from "#components/ui/form/form-fields.tsx";
import { FormFallback } from "#components/ui/form/policy-fields.tsx";
import type { ApiForm } from "#components/ui/form/use-api-form.ts";
import { useApi } from "#components/ui/use-api.ts";
import { LORA_RANKS, POOL_DTYPES } from "#lib/pools/schema.ts";
import type { PoolValues, Proposals } from "./pool-proposals.ts";
import { storeHint } from "./store-hint.ts";

type FieldsProps = {
  form: ApiForm<PoolValues>;
  /** What stands in the fields that nobody has touched. */
  proposed: Proposals;
  /** How many tenants the proposal for the CPU cache counts; null = not known yet. */
  tenantCount: number | null;
  /** Where each value comes from, when a running node proposed it. */
  sources?: FieldSources;
  /** The dialog's first field; a page that leads here has focused its own. */
  autoFocus?: boolean;
};

export type FieldSources = Partial<Record<string, { source: "engine" | "proposal" | "ask"; note: string }>>;

const SOURCE_WORDS = { engine: "From the engine", proposal: "Proposed", ask: "Required" } as const;

/** What the node's proposal says of a field, in place of the usual hint. */
function hintFor(sources: FieldSources | undefined, name: string, hint?: ReactNode): ReactNode {
  const found = sources?.[name];
  if (!found) return hint;
  return (
    <>
      <span
        data-source={found.source}
        className={found.source === "ask" ? "font-medium text-warn" : "font-medium text-fg-2"}
      >
        {SOURCE_WORDS[found.source]}.
      </span>{" "}
      {found.note}
    </>
  );
}

/** Name and base model. */
export function IdentityFields({ form, proposed, sources, autoFocus = true }: FieldsProps) {
  const text = { form, spellCheck: false } as const;
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <FormText {...text} name="name" label="Name" hint={hintFor(sources, "name")} autoFocus={autoFocus} />
      <FormText
        {...text}
        name="slug"
        as={PROPOSED_TEXT}
        proposed={proposed.slug}
        label="Slug"
        hint={hintFor(sources, "slug", "It cannot change later.")}
        className="font-mono"
      />
      <FormText
        {...text}
        name="baseModel"
        as={PROPOSED_TEXT}
        proposed={proposed.baseModel}
        label="Base model"
        hint={hintFor(
          sources,
          "baseModel",
          "As the training pipeline names it; every adapter's base_model_name_or_path is compared with it.",
        )}
        placeholder="meta-llama/Llama-3.1-8B-Instruct"
      />
      <FormText
        {...text}
        name="baseRevision"
        label="Revision"
        hint={hintFor(sources, "baseRevision", "Branch, tag or commit of the base model.")}
        optional
      />
    </div>
  );
}

/** What needs a restart of the engines to change later. */
export function EngineFields(fields: FieldsProps) {
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <BaseFields {...fields} />
      <LimitFields {...fields} />
    </div>
  );
}

const RANKS = LORA_RANKS.map((rank) => ({ value: rank, label: String(rank) }));
const DTYPES = POOL_DTYPES.map((dtype) => ({ value: dtype, label: dtype }));

function BaseFields({ form, proposed, sources }: FieldsProps) {
  return (
    <>
      <FormSelect
        form={form}
        name="maxLoraRank"
        label="Rank"
        hint={hintFor(sources, "maxLoraRank", "The pool's rank. vLLM pads every slot to it.")}
        placeholder="Choose the rank"
        options={RANKS}
      />
      <FormSelect
        form={form}
        name="dtype"
        proposed={proposed.dtype}
        label="Dtype"
        hint={hintFor(sources, "dtype")}
        options={DTYPES}
      />
    </>
  );
}

function LimitFields({ form, proposed, sources, tenantCount }: FieldsProps) {
  const number = { form, spellCheck: false, inputMode: "numeric" } as const;
  return (
    <>
      <FormText
        {...number}
        name="maxLoras"
        as={NUMBER}
        label="GPU slots"
        hint={hintFor(
          sources,
          "maxLoras",
          "Adapters that run at the same time on one node: the peak of concurrent tenants.",
        )}
      />
      <FormText
        {...number}
        name="maxCpuLoras"
        as={PROPOSED_NUMBER}
        proposed={proposed.maxCpuLoras}
        label="CPU cache"
        hint={hintFor(
          sources,
          "maxCpuLoras",
          tenantCount === null
            ? "1.2 places per tenant, so every adapter stays in host memory."
            : `1.2 places per tenant: ${tenantCount} tenants now. Never fewer than GPU slots.`,
        )}
      />
      <FormText
        {...number}
        name="maxModelLen"
        as={PROPOSED_NUMBER}
        proposed={proposed.maxModelLen}
        label="Sequence limit"
        hint={hintFor(sources, "maxModelLen", "Tokens of prompt and answer.")}
      />
      <FormText
        {...number}
        name="gpuMemoryUtilization"
        as={NUMBER}
        label="GPU memory utilisation"
        hint={hintFor(sources, "gpuMemoryUtilization", "Share of GPU memory for vLLM, 0.05 to 1.")}
        inputMode="decimal"
      />
    </>
  );
}

/** Where adapters lie, and what callers get when one cannot be served. */
export function ServingFields({ form, sources }: FieldsProps) {
  const store = useApi("GET /adapter-store", {}).data?.path ?? null;
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <FormText
        form={form}
        spellCheck={false}
        name="adapterDirectory"
        label="Adapter directory"
        hint={hintFor(sources, "adapterDirectory", storeHint(store))}
        className="font-mono"
      />
      <FormText
        form={form}
        spellCheck={false}
        name="maxBatchWaitMs"
        as={NUMBER}
        label="Longest batch wait, ms"
        hint={hintFor(sources, "maxBatchWaitMs", "Maximum wait to group a burst by adapter.")}
        inputMode="numeric"
      />
      <FormFallback
        form={form}
        name="fallback"
        label="When a version is unavailable"
        hint={hintFor(sources, "fallback")}
      />
    </div>
  );
}
