import type { Ctx } from "#lib/identity/ctx.ts";
import type { ResidueNode } from "#lib/registry/browser/offboarding-schema.ts";
import { readNodeResidency } from "../residency/read-residency.ts";
import { type ResidueCandidate, residueCandidates } from "./residue-store.ts";

export type Residue = ResidueNode & Pick<ResidueCandidate, "poolId" | "isPlaced">;

const RANK = ["gpu", "cpu", "unknown", "absent"] as const;

/** Where a tenant's weights lie, as far as the nodes tell, and where they may lie. */
export async function readResidue(ctx: Ctx, tenantId: string): Promise<Residue[]> {
  const found: Residue[] = [];
  for (const node of await residueCandidates(ctx.tx, tenantId)) {
    const { items, note } = await readNodeResidency(ctx, node.nodeId);
    const tiers = node.loraNames.map(
      (name) => items.find(({ loraName }) => loraName === name)?.tier ?? (note === null ? "absent" : "unknown"),
    );
    const tier = RANK.find((candidate) => tiers.includes(candidate)) ?? "unknown";
    const { nodeId, nodeName, poolId, epoch, loraNames, isPlaced, delivery } = node;
    const copy =
      delivery === "fetch" ? " The copies it fetched stay on its own disk until they are removed there." : "";
    found.push({ nodeId, nodeName, poolId, epoch, loraNames, isPlaced, tier, message: `${WORDS[tier]}${copy}` });
  }
  return found;
}

const WORDS: Record<ResidueNode["tier"], string> = {
  gpu: "Its metrics show weights in a GPU slot.",
  cpu: "Its metrics show weights in host memory.",
  unknown:
    "The node does not report it. After an unload, vLLM may keep weights in memory until others evict them or it restarts.",
  absent: "Its metrics show none of the weights in memory.",
};
