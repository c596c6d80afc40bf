import type { Database, Tx } from "#lib/platform/db.ts";
import { newId } from "#lib/platform/ids.ts";
import { platformScope } from "#lib/platform/scope.ts";

type NewNode = { poolId: string; name: string; standalone?: boolean; gpu?: string; cordoned?: boolean };

/** A node as the reconcile loop leaves it after a good poll; nothing listens behind its address. */
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
    const placements = await tx.client.placement.findMany({ include: { version: true, node: true } });
    const present = placements.filter(({ desire }) => desire === "present");
    const problemOf = ({ versionId, node }: Placement) => refuse({ versionId, nodeName: node.name });
    await unload(tx, placements);
    await settle(tx, present, (placement) => {
      const problem = problemOf(placement);
      return problem === null
        ? condition("Routable", "true", "probe_passed", "Its load probe passed.")
        : condition("Routable", "false", "digest_mismatch", problem);
    });
    await register(
      tx,
      present.filter((placement) => problemOf(placement) === null),
    );
  });
}

type Placement = {
  id: string;
  tenantId: string;
  versionId: string;
  nodeId: string;
  desire: "present" | "absent";
  version: { loraName: string | null };
  node: { name: string; epoch: number };
};
type Condition = ReturnType<typeof condition>;

/** Nothing is loaded any more, and what is not wanted is no longer placed. */
async function unload({ client }: Tx, placements: readonly Placement[]) {
  const OR = placements.map(({ nodeId, version }) => ({ nodeId, loraName: version.loraName ?? "" }));
  if (OR.length > 0) await client.registration.deleteMany({ where: { OR } });
  await client.placement.deleteMany({ where: { desire: "absent", holds: { none: {} } } });
}

async function settle({ client }: Tx, placements: readonly Placement[], found: (placement: Placement) => Condition) {
  const ids = placements.map(({ id }) => id);
  const conditions = placements.map((placement) => JSON.stringify(found(placement)));
  await client.$executeRaw`
    UPDATE "Placement" SET "condition" = given."condition"::jsonb, "observedGeneration" = "generation"
    FROM unnest(${ids}::text[], ${conditions}::text[]) AS given("id", "condition") WHERE "Placement"."id" = given."id"`;
}

async function register({ client }: Tx, placements: readonly Placement[]) {
  const data = placements.map(({ tenantId, versionId, nodeId, version, node }) => ({
    ...{ id: newId("registration"), tenantId, versionId, nodeId, state: "routable" as const },
    ...{ loraName: version.loraName ?? "", epoch: node.epoch },
  }));
  await client.registration.createMany({ data });
}

/** Who holds a version, such as `route:adp_…`; sorted, each once. */
export async function holdersOf(db: Database, versionId: string): Promise<string[]> {
  const holds = await db.read(platformScope, ({ client }) =>
    client.hold.findMany({ where: { placement: { versionId, desire: "present" } }, select: { holder: true } }),
  );
  return [...new Set(holds.map(({ holder }) => holder))].sort();
}
