import type { Tx } from "#lib/platform/db.ts";
import { conditionOf, isServing, NODE_CONDITIONS } from "../conditions.ts";
import { cpuPlacesOf, slotsOf } from "../engine-limits.ts";
import type { Holder } from "../schema.ts";
import type { Demand } from "./expected-hot.ts";
import type { PlanAdapter, PlanNode } from "./placement-board.ts";
import { type PoolPlacement, readPoolLimits, readPoolPlacement } from "./placement-store.ts";

/** Demand that nobody has confirmed for a day says nothing any more. */
export const DEMAND_KEPT_MS = 24 * 3_600_000;

export type PlacedVersion = PoolPlacement["versions"][number];
/** Who holds a version wherever the plan wants its adapter; a stage by hand (`stage:…`) stays where it was asked for. */
const FOLLOWS_THE_PLAN = new Set(["route", "previous", "candidate", "mirror", "cutover", "run"]);
const kindOf = (holder: string): string => holder.slice(0, holder.indexOf(":"));
export const followsPlan = (holder: string): boolean => FOLLOWS_THE_PLAN.has(kindOf(holder));
const isMoving = (holder: string): boolean => kindOf(holder) === "move";
export const moveHolder = (adapterId: string): Holder => `move:${adapterId}`;

/** Nodes where a version is wanted by those whom the plan may send elsewhere. */
export const plannedOn = (version: PlacedVersion): string[] => nodesWhere([version], followsPlan);
/** Nodes that a version is leaving. */
export const leftBy = (version: PlacedVersion): string[] => nodesWhere([version], isMoving);

export type PlannedAdapter = PlanAdapter & {
  demand: (Demand & { observedAt: Date }) | null;
  tenantId: string;
  tenantSlug: string;
  slug: string;
  liveVersionId: string | null;
  /** Versions that go where the plan says; the live one first. */
  versions: readonly PlacedVersion[];
  /** Why it can be sent nowhere, such as "Version 3 is quarantined"; null = it can be placed. */
  stuck: string | null;
};
export type PlacementState = {
  poolId: string;
  nodes: readonly (PlanNode & { epoch: number })[];
  /** Every adapter of the pool, also those with nothing to place. */
  adapters: readonly PlannedAdapter[];
  /** Every version that is live or on a node. */
  versions: readonly PlacedVersion[];
};

/** What the planner needs to know of a pool. @returns null when there is no such pool */
export async function readPlacementState(tx: Tx, poolId: string, now: Date): Promise<PlacementState | null> {
  const pool = await readPoolLimits(tx, poolId);
  if (pool === null) return null;
  const rows = await readPoolPlacement(tx, poolId);
  const adapters = rows.adapters.map((row): PlannedAdapter => {
    const all = rows.versions.filter((version) => version.adapterId === row.id);
    const liveVersionId = row.route?.liveVersionId ?? null;
    const isPlanned = ({ id, state, placements }: PlacedVersion) =>
      (id === liveVersionId && state === "ready") ||
      placements.some(({ holds }) => holds.some(({ holder }) => followsPlan(holder)));
    const versions = all
      .filter(isPlanned)
      .sort((a, b) => Number(b.id === liveVersionId) - Number(a.id === liveVersionId) || b.number - a.number);
    const demand = rows.demand.find(({ adapterId }) => adapterId === row.id);
    const isFresh = demand !== undefined && now.getTime() - demand.observedAt.getTime() < DEMAND_KEPT_MS;
    return {
      id: row.id,
      tenantId: row.tenantId,
      tenantSlug: row.tenant.slug,
      slug: row.slug,
      liveVersionId,
      versions,
      stuck: whyStuck(versions),
      replicas: row.replicas ?? pool.replicas,
      pins: row.pinnedNodeIds,
      present: nodesWhere(versions, followsPlan),
      near: nodesWhere(all, () => true),
      copies: Math.max(versions.length, 1),
      bytes: versions.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
      demand: isFresh ? demand : null,
    };
  });
  const nodes = rows.nodes.map((node) => ({
    id: node.id,
    name: node.name,
    epoch: node.epoch,
    away: awayWords(node),
    // what an engine says of itself may be nonsense; a node without slots would divide by zero
    slots: Math.max(1, slotsOf(node.limits, pool)),
    room: Math.max(1, cpuPlacesOf(node.limits, pool)),
    fixed: fixedOn(node.id, rows.versions, adapters),
  }));
  return { poolId, nodes, adapters, versions: rows.versions };
}

/** What was withdrawn is loaded nowhere again, so it stays where it is, and the adapter with it. */
function whyStuck(versions: readonly PlacedVersion[]): string | null {
  const withdrawn = versions.find(({ state }) => state !== "ready");
  return withdrawn ? `Version ${withdrawn.number} is ${withdrawn.state}` : null;
}

const nodesWhere = (versions: readonly PlacedVersion[], counts: (holder: string) => boolean): string[] => [
  ...new Set(
    versions.flatMap(({ placements }) =>
      placements.filter(({ holds }) => holds.some(({ holder }) => counts(holder))).map(({ nodeId }) => nodeId),
    ),
  ),
];

/** Copies that stay whatever the plan says; what is about to leave does not count. */
function fixedOn(
  nodeId: string,
  versions: readonly PlacedVersion[],
  adapters: readonly PlannedAdapter[],
): PlanNode["fixed"] {
  const stuck = new Set(adapters.filter(({ stuck: why }) => why !== null).map(({ id }) => id));
  const there = versions.filter((version) => {
    if (!nodesWhere([version], (holder) => !isMoving(holder)).includes(nodeId)) return false;
    return stuck.has(version.adapterId) || !plannedOn(version).includes(nodeId);
  });
  return { copies: there.length, bytes: there.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) };
}

/** Why a node takes no new adapters now, to go on after its name; null = it serves. */
function awayWords(node: PoolPlacement["nodes"][number]): string | null {
  if (node.drainDeadline !== null) return "drains";
  if (node.cordoned) return "is cordoned";
  if (isServing(node.conditions)) return null;
  const reachable = conditionOf(node.conditions, NODE_CONDITIONS.reachable);
  if (reachable === null) return "was not seen yet";
  return reachable.status === "true" ? "cannot serve its base model" : "cannot be reached";
}
