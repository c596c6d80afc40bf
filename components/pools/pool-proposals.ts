import { slugFrom } from "#lib/http/browser/slug.ts";
import { cpuPlacesFor } from "#lib/pools/browser/cpu-places.ts";
import {
  type CreatePool,
  type FallbackPolicy,
  type LORA_RANKS,
  POOL_DTYPES,
  type PoolDtype,
} from "#lib/pools/schema.ts";
import type { BaseFiles } from "./base-files.ts";
import { proposeDtype, proposeSequenceLimit } from "./propose-limits.ts";

type Rank = (typeof LORA_RANKS)[number];

/** What stands in the form. null = untouched, so that the proposal keeps following what it is made from. */
export type PoolValues = {
  name: string;
  slug: string | null;
  baseModel: string | null;
  baseRevision: string;
  dtype: PoolDtype | null;
  maxModelLen: number | null;
  maxLoras: number;
  /** null = to be chosen: a node does not show its rank. */
  maxLoraRank: Rank | null;
  maxCpuLoras: number | null;
  gpuMemoryUtilization: number;
  adapterDirectory: string;
  fallback: FallbackPolicy;
  maxBatchWaitMs: number;
};

export const EMPTY_POOL: PoolValues = {
  name: "",
  slug: null,
  baseModel: null,
  baseRevision: "",
  dtype: null,
  maxModelLen: null,
  maxLoras: 12,
  maxLoraRank: 16,
  maxCpuLoras: null,
  gpuMemoryUtilization: 0.9,
  adapterDirectory: "/data/tenant_adapters",
  fallback: "base_model",
  maxBatchWaitMs: 50,
};

/** What the proposals are made from. @param tenantCount null = not known yet */
type Facts = { config: Record<string, unknown> | null; tenantCount: number | null };

/** Older exports name their origin in config.json; newer ones do not. */
const nameIn = (config: Record<string, unknown> | null): string =>
  typeof config?._name_or_path === "string" ? config._name_or_path : "";

/** What is proposed for each field that nobody has touched. */
export const proposalsFor = (
  { name, maxLoras }: Pick<PoolValues, "name" | "maxLoras">,
  { config, tenantCount }: Facts,
) => ({
  slug: slugFrom(name) ?? "",
  baseModel: nameIn(config),
  dtype: proposeDtype(config, POOL_DTYPES) ?? ("bfloat16" as const),
  maxModelLen: proposeSequenceLimit(config),
  maxCpuLoras: cpuPlacesFor(tenantCount ?? 0, maxLoras || 0),
});
export type Proposals = ReturnType<typeof proposalsFor>;

/** The body for `POST /pools`; what is still to be chosen or typed is missing from it. */
export function bodyOf(values: PoolValues, facts: Facts, files: BaseFiles | undefined) {
  const { slug, baseModel, dtype, maxModelLen, maxCpuLoras, maxLoraRank, baseRevision, ...rest } = values;
  const proposed = proposalsFor(values, facts);
  const revision = baseRevision.trim();
  return {
    ...rest,
    slug: slug ?? proposed.slug,
    baseModel: baseModel ?? proposed.baseModel,
    ...(revision === "" ? {} : { baseRevision: revision }),
    files,
    dtype: dtype ?? proposed.dtype,
    maxModelLen: maxModelLen ?? proposed.maxModelLen,
    maxLoraRank: maxLoraRank ?? undefined,
    maxCpuLoras: maxCpuLoras ?? proposed.maxCpuLoras,
  } as CreatePool; // its schema says what is missing before it is sent
}
