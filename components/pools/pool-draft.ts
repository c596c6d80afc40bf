import type * as z from "zod";
import { slugFrom } from "#lib/http/browser/slug.ts";
import { cpuPlacesFor } from "#lib/pools/browser/cpu-places.ts";
import { type CreatePool, type FallbackPolicy, LORA_RANKS, POOL_DTYPES, type PoolDtype } from "#lib/pools/schema.ts";
import type { BaseFiles } from "./base-files.ts";
import { proposeDtype, proposeSequenceLimit } from "./propose-limits.ts";

export type NewPool = z.input<typeof CreatePool>;

/** What was typed, as text. null = untouched, so that the proposal keeps following what it is made from. */
export type PoolDraft = {
  name: string;
  slug: string | null;
  baseModel: string | null;
  baseRevision: string;
  dtype: PoolDtype | null;
  maxModelLen: string | null;
  maxLoras: string;
  /** null = to be chosen: a node does not show its rank. */
  maxLoraRank: (typeof LORA_RANKS)[number] | null;
  maxCpuLoras: string | null;
  gpuMemoryUtilization: string;
  adapterDirectory: string;
  fallback: FallbackPolicy;
  maxBatchWaitMs: string;
};

export const EMPTY_DRAFT: PoolDraft = {
  name: "",
  slug: null,
  baseModel: null,
  baseRevision: "",
  dtype: null,
  maxModelLen: null,
  maxLoras: "12",
  maxLoraRank: 16,
  maxCpuLoras: null,
  gpuMemoryUtilization: "0.9",
  adapterDirectory: "/data/tenant_adapters",
  fallback: "base_model",
  maxBatchWaitMs: "50",
};

/** The draft with every proposal filled in: what the form shows and sends. */
export type FilledDraft = Pick<PoolDraft, "maxLoraRank"> & {
  [Key in Exclude<keyof PoolDraft, "maxLoraRank">]: NonNullable<PoolDraft[Key]>;
};

/** Older exports name their origin in config.json; newer ones do not. */
const nameIn = (config: Record<string, unknown> | null): string =>
  typeof config?._name_or_path === "string" ? config._name_or_path : "";

/** Fills the proposals in. @param tenantCount null = not known yet */
export function fillDraft(
  draft: PoolDraft,
  { config, tenantCount }: { config: Record<string, unknown> | null; tenantCount: number | null },
): FilledDraft {
  return {
    ...draft,
    slug: draft.slug ?? slugFrom(draft.name) ?? "",
    baseModel: draft.baseModel ?? nameIn(config),
    dtype: draft.dtype ?? proposeDtype(config, POOL_DTYPES) ?? "bfloat16",
    maxModelLen: draft.maxModelLen ?? String(proposeSequenceLimit(config)),
    maxCpuLoras: draft.maxCpuLoras ?? String(cpuPlacesFor(tenantCount ?? 0, toNumber(draft.maxLoras) || 0)),
  };
}

/** An empty or garbled number becomes NaN, which JSON sends as null: the API then names the field. */
const toNumber = (text: string): number => (text.trim() === "" ? Number.NaN : Number(text));

/** The body for `POST /pools`. */
export function toNewPool(
  draft: FilledDraft,
  files: BaseFiles & Required<Pick<BaseFiles, "configJson" | "tokenizerJson">>,
): NewPool {
  const revision = draft.baseRevision.trim();
  return {
    name: draft.name,
    slug: draft.slug,
    baseModel: draft.baseModel,
    ...(revision === "" ? {} : { baseRevision: revision }),
    files,
    dtype: draft.dtype,
    maxModelLen: toNumber(draft.maxModelLen),
    maxLoras: toNumber(draft.maxLoras),
    maxLoraRank: draft.maxLoraRank ?? (Number.NaN as NewPool["maxLoraRank"]),
    maxCpuLoras: toNumber(draft.maxCpuLoras),
    gpuMemoryUtilization: toNumber(draft.gpuMemoryUtilization),
    adapterDirectory: draft.adapterDirectory,
    fallback: draft.fallback,
    maxBatchWaitMs: toNumber(draft.maxBatchWaitMs),
  };
}

export const rankOf = (text: string): PoolDraft["maxLoraRank"] =>
  LORA_RANKS.find((rank) => String(rank) === text) ?? null;
