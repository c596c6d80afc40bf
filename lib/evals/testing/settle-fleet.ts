import type { Database, Tx } from "#lib/platform/db.ts";
import { newId } from "#lib/platform/ids.ts";
import { platformScope } from "#lib/platform/scope.ts";

type NewNode = { poolId: string; name: string; standalone?: boolean; gpu?: string; cordoned?: boolean };

/** A node as the reconcile loop leaves it after a good look; nothing listens behind its address. */
export async function addNodeRow(db: Database, node: NewNode): Promise<{ id: string; name: string }> {
  const [added] = await addNodeRows(db, [node]);
  return { id: added?.id ?? "", name: node.name };
}

/** Many at once. */
export async function addNodeRows(db: Database, nodes: readonly NewNode[]): Promise<{ id: string }[]> {
  const conditions = ["Reachable", "EngineHealthy", "BaseModelMatches"].map((type) =>
    condition(type, "true", "ok", ""),
  );
  const data = nodes.map((node) => ({
    ...{ gpu: "A100", engineVersion: "0.32.0", epoch: 1, conditions, lastSeenAt: new Date() },
    ...{ id: newId("node"), baseUrl: `http://${node.name}.test` },
    ...node,
  }));
  await db.write(platformScope, ({ client }) => client.node.createMany({ data }));
  return data;
}

const condition = (type: string, status: "true" | "false", reason: string, message: string) => ({
  type,
  status,
  reason,
  message,
  lastTransitionTime: new Date().toISOString(),
});

type Placed = { versionId: string; nodeName: string };

/**
 * Does what the reconcile loop would come to, at once and without nodes: what is wanted becomes routable, what nobody
 * wants goes. `refuse` names what fails for good, and why.
 */
export async function settleFleet(db: Database, refuse: (placed: Placed) => string | null = () => null): Promise<void> {
  await db.write(platformScope, async (tx) => {
    const placements = await tx.client.placement.findMany({
      include: { version: true, node: true, holds: { select: { holder: true } } },
    });
    for (const placement of placements) await settle(tx, placement, refuse);
  });
}

type Placement = Awaited<ReturnType<Tx["client"]["placement"]["findMany"]>>[number] & {
  version: { loraName: string | null };
  node: { name: string; epoch: number };
  holds: { holder: string }[];
};

async function settle({ client }: Tx, placement: Placement, refuse: (placed: Placed) => string | null) {
  const { id, tenantId, versionId, nodeId, node, generation } = placement;
  const loraName = placement.version.loraName ?? "";
  if (placement.desire === "absent") {
    await client.registration.deleteMany({ where: { nodeId, loraName } });
    await client.placement.deleteMany({ where: { id, holds: { none: {} } } });
    return;
  }
  const problem = refuse({ versionId, nodeName: node.name });
  const found =
    problem === null
      ? condition("Routable", "true", "probe_passed", "Its load probe passed.")
      : condition("Routable", "false", "digest_mismatch", problem);
  await client.placement.update({ where: { id }, data: { condition: found, observedGeneration: generation } });
  await client.registration.deleteMany({ where: { nodeId, loraName } });
  if (problem !== null) return;
  const state = "routable" as const;
  await client.registration.create({
    data: { id: newId("registration"), tenantId, versionId, nodeId, loraName, epoch: node.epoch, state },
  });
}

/** Who holds a version, such as `route:adp_…`; sorted, each once. */
export async function holdersOf(db: Database, versionId: string): Promise<string[]> {
  const holds = await db.read(platformScope, ({ client }) =>
    client.hold.findMany({ where: { placement: { versionId, desire: "present" } }, select: { holder: true } }),
  );
  return [...new Set(holds.map(({ holder }) => holder))].sort();
}
