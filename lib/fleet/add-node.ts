import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { type AppError, conflict, notFound } from "#lib/platform/errors.ts";
import { newId } from "#lib/platform/ids.ts";
import { getPool } from "#lib/pools/store.ts";
import type { Inspection } from "./inspection/inspect-node.ts";
import { keepInspection } from "./inspection/record-inspection.ts";
import { sealNodeKey } from "./node-access.ts";
import { getNode, insertNode, nodesOfPool } from "./node-store.ts";
import { nodeView } from "./node-view.ts";
import type { AddNode, Node, OnboardingFinding } from "./schema.ts";
import { holdsOnNodes, lockPlacements, wantPlacement } from "./store.ts";

/**
 * Adds a node that was polled a moment ago. If it serves customers, it also gets every version that its pool's other
 * serving nodes all have, so that a bigger pool serves the same tenants.
 * @throws AppError `conflict` (`name_taken`, `base_url_taken`)
 */
export async function addNode(
  ctx: Ctx,
  input: AddNode & { baseUrl: string },
  inspection: Inspection,
): Promise<Node & { report: OnboardingFinding[] }> {
  const { tx } = ctx;
  if (!(await getPool(tx, input.poolId))) throw notFound("pool");
  const id = newId("node");
  const taken = await insertNode(tx, {
    id,
    poolId: input.poolId,
    name: input.name,
    baseUrl: input.baseUrl,
    sealedKey: sealNodeKey(ctx.deps.secrets, id, input.apiKey ?? null),
    standalone: input.standalone,
    gpu: input.gpu ?? null,
    pricePerHour: input.pricePerHour ?? null,
    engineVersion: inspection.facts.version,
    simulated: inspection.facts.simulated,
  });
  if (taken) throw takenBy(taken, input);
  await keepInspection(ctx, id, inspection);
  if (!input.standalone) await shareHolds(ctx, input.poolId, id);
  const record = await getNode(tx, id);
  if (!record) throw notFound("node");
  const { apiKey, ...after } = input;
  await audit(ctx, {
    action: "node.add",
    object: { type: "node", id },
    tenantId: null,
    after: { ...after, hasKey: apiKey !== undefined },
  });
  return { ...nodeView(record, ctx.clock.now()), report: inspection.findings };
}

const takenBy = (field: "name" | "baseUrl", { name, baseUrl }: AddNode): AppError =>
  field === "name"
    ? conflict("name_taken", `There is already a node called ${name}.`, "Choose another name.", field)
    : conflict(
        "base_url_taken",
        `A node at ${baseUrl} was added before.`,
        "Give another address, or remove that node.",
        field,
      );

/** Whoever holds a version on every serving node of the pool holds it on the new one too. */
async function shareHolds(ctx: Ctx, poolId: string, newNodeId: string): Promise<void> {
  const { tx } = ctx;
  const others = (await nodesOfPool(tx, poolId)).filter((node) => !node.standalone && node.id !== newNodeId);
  if (others.length === 0) return;
  const groups = new Map<string, Awaited<ReturnType<typeof holdsOnNodes>>>();
  for (const hold of await holdsOnNodes(
    tx,
    others.map(({ id }) => id),
  )) {
    const key = `${hold.versionId} ${hold.holder}`;
    groups.set(key, [...(groups.get(key) ?? []), hold]);
  }
  const everywhere = [...groups.values()].filter((holds) => holds.length === others.length);
  // always in the same order, so that two additions at once cannot wait for each other
  for (const [hold] of everywhere.sort(([a], [b]) => (a?.versionId ?? "").localeCompare(b?.versionId ?? ""))) {
    if (!hold) continue;
    await lockPlacements(tx, hold.versionId);
    await wantPlacement(tx, { ...hold, nodeId: newNodeId });
  }
}
