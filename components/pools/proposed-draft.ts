import type { PoolProposal } from "#lib/fleet/browser/inspection-schema.ts";
import { POOL_DTYPES } from "#lib/pools/schema.ts";
import { EMPTY_DRAFT, type PoolDraft, rankOf } from "./pool-draft.ts";

/** A number as text; what the node does not tell stays empty, so that nobody sends a guess for a fact. */
const textOf = (value: string | number | null): string => (value === null ? "" : String(value));

/** The form of a new pool, filled in with what a running node shows and what is proposed for it. */
export function proposedDraft(proposal: PoolProposal): PoolDraft {
  return {
    ...EMPTY_DRAFT,
    name: textOf(proposal.name.value),
    slug: textOf(proposal.slug.value),
    baseModel: textOf(proposal.baseModel.value),
    baseRevision: textOf(proposal.baseRevision.value),
    dtype: POOL_DTYPES.find((dtype) => dtype === proposal.dtype.value) ?? null,
    maxModelLen: textOf(proposal.maxModelLen.value),
    maxLoras: textOf(proposal.maxLoras.value),
    maxLoraRank: rankOf(textOf(proposal.maxLoraRank.value)),
    maxCpuLoras: textOf(proposal.maxCpuLoras.value),
    gpuMemoryUtilization: textOf(proposal.gpuMemoryUtilization.value),
    adapterDirectory: textOf(proposal.adapterDirectory.value),
  };
}
