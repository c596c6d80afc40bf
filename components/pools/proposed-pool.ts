import type { PoolProposal } from "#lib/fleet/browser/inspection-schema.ts";
import { LORA_RANKS, POOL_DTYPES } from "#lib/pools/schema.ts";
import { EMPTY_POOL, type PoolValues } from "./pool-proposals.ts";

/** What the node does not tell stays empty, so that nobody sends a guess for a fact. */
const textOf = (value: string | number | null): string => (value === null ? "" : String(value));
const numberOf = (value: string | number | null): number => (value === null ? Number.NaN : Number(value));

/** The form of a new pool, filled in with what a running node shows and what is proposed for it. */
export function proposedPool(proposal: PoolProposal): PoolValues {
  return {
    ...EMPTY_POOL,
    name: textOf(proposal.name.value),
    slug: textOf(proposal.slug.value),
    baseModel: textOf(proposal.baseModel.value),
    baseRevision: textOf(proposal.baseRevision.value),
    dtype: POOL_DTYPES.find((dtype) => dtype === proposal.dtype.value) ?? null,
    maxModelLen: numberOf(proposal.maxModelLen.value),
    maxLoras: numberOf(proposal.maxLoras.value),
    maxLoraRank: LORA_RANKS.find((rank) => rank === numberOf(proposal.maxLoraRank.value)) ?? null,
    maxCpuLoras: numberOf(proposal.maxCpuLoras.value),
    gpuMemoryUtilization: numberOf(proposal.gpuMemoryUtilization.value),
    adapterDirectory: textOf(proposal.adapterDirectory.value),
  };
}
