import type { Condition } from "#lib/http/schema.ts";
import type { Actor } from "#lib/identity/actor.ts";
import type { Tx } from "#lib/platform/db.ts";
import type { Prisma } from "#prisma/generated/client.ts";
import type { EngineLimits, NodeLimits, RolloutPhase, RolloutState } from "../schema.ts";

const json = (value: unknown) => value as Prisma.InputJsonValue;

export type RolloutNodeRow = {
  nodeId: string;
  position: number;
  phase: RolloutPhase;
  message: string;
  epochBefore: number | null;
  deadline: Date | null;
  wasCordoned: boolean;
  routableBefore: string[];
  askedAt: Date | null;
  askAttempts: number;
  nextAskAt: Date | null;
  since: Date;
};
export type RolloutRow = {
  id: string;
  poolId: string;
  poolSlug: string;
  state: RolloutState;
  before: EngineLimits;
  target: EngineLimits;
  drainSeconds: number;
  restartSeconds: number;
  message: string | null;
  startedBy: string;
  generation: number;
  createdAt: Date;
  finishedAt: Date | null;
  nodes: RolloutNodeRow[];
};

const include = {
  pool: { select: { slug: true } },
  nodes: { orderBy: { position: "asc" } },
} satisfies Prisma.RolloutInclude;

const toRow = (row: Prisma.RolloutGetPayload<{ include: typeof include }>): RolloutRow => ({
  id: row.id,
  poolId: row.poolId,
  poolSlug: row.pool.slug,
  state: row.state,
  before: row.before as EngineLimits,
  target: row.target as EngineLimits,
  drainSeconds: row.drainSeconds,
  restartSeconds: row.restartSeconds,
  message: row.message,
  startedBy: String((row.startedBy as { label?: unknown }).label ?? ""),
  generation: row.generation,
  createdAt: row.createdAt,
  finishedAt: row.finishedAt,
  nodes: row.nodes.map(({ rolloutId: _, ...node }) => node),
});

/** Serialises everything that starts or ends a rollout of a pool, until the transaction ends. */
export async function lockRollouts(tx: Tx, poolId: string): Promise<void> {
  await tx.client.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`rollouts:${poolId}`}, 0))`;
}

export async function getRollout(tx: Tx, rolloutId: string): Promise<RolloutRow | null> {
  const row = await tx.client.rollout.findUnique({ where: { id: rolloutId }, include });
  return row && toRow(row);
}

/** Newest first. */
export async function rolloutsOf(tx: Tx, poolId: string, limit: number): Promise<RolloutRow[]> {
  const rows = await tx.client.rollout.findMany({ where: { poolId }, include, orderBy: { id: "desc" }, take: limit });
  return rows.map(toRow);
}

export async function runningRolloutIds(tx: Tx): Promise<string[]> {
  const rows = await tx.client.rollout.findMany({
    where: { state: "running" },
    select: { id: true },
    orderBy: { id: "asc" },
  });
  return rows.map(({ id }) => id);
}

export async function insertRollout(
  tx: Tx,
  rollout: Pick<RolloutRow, "id" | "poolId" | "before" | "target" | "drainSeconds" | "restartSeconds" | "message"> & {
    actor: Actor;
    label: string;
    nodeIds: readonly string[];
    now: Date;
  },
): Promise<void> {
  const { id, poolId, before, target, drainSeconds, restartSeconds, message, actor, label, nodeIds, now } = rollout;
  await tx.client.rollout.create({
    data: {
      id,
      poolId,
      drainSeconds,
      restartSeconds,
      message,
      before: json(before),
      target: json(target),
      startedBy: json({ kind: actor.kind, label }),
      nodes: { create: nodeIds.map((nodeId, position) => ({ nodeId, position, since: now })) },
    },
    select: { id: true },
  });
}

/** @returns false when the rollout is no longer running */
export async function endRollout(
  tx: Tx,
  rolloutId: string,
  end: { state: RolloutState; message: string; now: Date },
): Promise<boolean> {
  const { count } = await tx.client.rollout.updateMany({
    where: { id: rolloutId, state: "running" },
    data: { state: end.state, message: end.message, finishedAt: end.now, generation: { increment: 1 } },
  });
  return count === 1;
}

export async function setRolloutMessage(tx: Tx, rolloutId: string, message: string): Promise<void> {
  await tx.client.rollout.updateMany({
    where: { id: rolloutId, state: "running" },
    data: { message, generation: { increment: 1 } },
  });
}

/** Moves a node only from the phase it was read in: a second worker, or a cancellation, may have moved it. */
export async function moveRolloutNode(
  tx: Tx,
  rolloutId: string,
  node: Pick<RolloutNodeRow, "nodeId" | "phase">,
  change: Partial<Omit<RolloutNodeRow, "nodeId" | "position">>,
): Promise<boolean> {
  const { count } = await tx.client.rolloutNode.updateMany({
    where: { rolloutId, nodeId: node.nodeId, phase: node.phase },
    data: change,
  });
  if (count === 1 && change.phase)
    await tx.client.rollout.updateMany({ where: { id: rolloutId }, data: { generation: { increment: 1 } } });
  return count === 1;
}

/**
 * Whoever kept a node out of service lets go of it. A rollout that works on the node has found it cordoned; it puts the
 * node back when it is done with it.
 * @returns false when no rollout works on the node
 */
export async function leaveToRollout(tx: Tx, nodeId: string): Promise<boolean> {
  const { count } = await tx.client.rolloutNode.updateMany({
    where: { nodeId, phase: { in: ["draining", "restarting", "restoring"] }, rollout: { state: "running" } },
    data: { wasCordoned: false },
  });
  return count > 0;
}

/** Nodes that have not been begun are left as they are. @returns how many */
export async function skipPending(tx: Tx, rolloutId: string, message: string, now: Date): Promise<number> {
  const { count } = await tx.client.rolloutNode.updateMany({
    where: { rolloutId, phase: "pending" },
    data: { phase: "skipped", message, since: now },
  });
  return count;
}

/** A pool's nodes with what a rollout asks of them. */
export async function rolloutNodesOf(tx: Tx, poolId: string) {
  const rows = await tx.client.node.findMany({
    where: { poolId },
    orderBy: { id: "asc" },
    include: {
      placements: {
        where: { desire: "present", holds: { some: {} } },
        orderBy: { id: "asc" },
        select: {
          versionId: true,
          condition: true,
          attempts: true,
          nextAttemptAt: true,
          version: { select: { loraName: true } },
        },
      },
    },
  });
  return rows.map(({ placements, conditions, limits, ...node }) => ({
    ...node,
    limits: limits as NodeLimits | null,
    conditions: conditions as unknown as Condition[],
    placements: placements.map(({ version, condition, ...placement }) => ({
      ...placement,
      loraName: version.loraName ?? "",
      condition: condition as unknown as Condition | null,
    })),
  }));
}
export type RolloutPoolNode = Awaited<ReturnType<typeof rolloutNodesOf>>[number];

/** What the engine of a node was seen to run with. */
export async function saveNodeLimits(tx: Tx, nodeId: string, limits: NodeLimits): Promise<void> {
  await tx.client.node.updateMany({ where: { id: nodeId }, data: { limits: json(limits) } });
}

/** The pool's own figures: what every engine of it runs with from now on. */
export async function savePoolLimits(tx: Tx, poolId: string, target: EngineLimits): Promise<void> {
  await tx.client.pool.updateMany({ where: { id: poolId }, data: { ...target, generation: { increment: 1 } } });
}

/** The highest rank among versions that are wanted on a pool's nodes or live in it; null = none is. */
export async function highestRankInUse(tx: Tx, poolId: string): Promise<{ rank: number; loraName: string } | null> {
  const routes = await tx.client.route.findMany({
    where: { adapter: { poolId }, liveVersionId: { not: null } },
    select: { liveVersionId: true },
  });
  const live = routes.flatMap(({ liveVersionId }) => liveVersionId ?? []);
  const row = await tx.client.adapterVersion.findFirst({
    where: {
      rank: { not: null },
      OR: [{ placements: { some: { desire: "present", node: { poolId } } } }, { id: { in: live } }],
    },
    orderBy: { rank: "desc" },
    select: { rank: true, loraName: true },
  });
  return row?.rank == null ? null : { rank: row.rank, loraName: row.loraName ?? "a version" };
}

export async function sealedRestartSecret(tx: Tx, poolId: string): Promise<string | null> {
  const row = await tx.client.pool.findUnique({ where: { id: poolId }, select: { sealedRestartSecret: true } });
  return row?.sealedRestartSecret ?? null;
}
