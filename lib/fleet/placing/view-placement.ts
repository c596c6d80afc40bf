import type { PlacementMove, PlacementPlan } from "../schema.ts";
import { explainDecision, explainShortfall } from "./explain-placement.ts";
import { placeable } from "./place-adapters.ts";
import type { PlannedPlacement } from "./plan-placement.ts";
import { leftBy, type PlacementState, type PlannedAdapter, plannedOn } from "./read-placement.ts";

/** A plan as the API shows it: each node as it will be, and one row for each adapter and node it concerns. */
export function viewPlan(state: PlacementState, plan: PlannedPlacement, now: Date): PlacementPlan {
  return {
    poolId: state.poolId,
    asOf: now.toISOString(),
    nodes: [...plan.after.values()].map(({ node, hot, copies, bytes, adapters }) => ({
      nodeId: node.id,
      nodeName: node.name,
      adapters,
      hot: { expected: Number(hot.toFixed(3)), active: activeOn(node.id, state, plan), slots: node.slots },
      bytes,
      copies: { used: copies, room: node.room },
    })),
    moves: placeable(state).flatMap((adapter) => movesOf(adapter, state, plan)),
    unplaced: state.adapters.flatMap((adapter) =>
      lacksOf(adapter, plan).map((lack) => ({ adapterId: adapter.id, adapterSlug: adapter.slug, ...lack })),
    ),
  };
}

/** Adapters of a node, once a plan is carried out, that anybody asked for lately. */
const activeOn = (nodeId: string, { adapters }: PlacementState, { targets }: PlannedPlacement): number =>
  adapters.filter(({ id, demand }) => (demand?.requestsPerMinute ?? 0) > 0 && targets.get(id)?.includes(nodeId)).length;

/** What becomes of one adapter on each of its nodes. */
export function movesOf(adapter: PlannedAdapter, state: PlacementState, plan: PlannedPlacement): PlacementMove[] {
  const [version] = adapter.versions;
  if (!version) return [];
  const who = {
    tenantId: adapter.tenantId,
    tenantSlug: adapter.tenantSlug,
    adapterId: adapter.id,
    adapterSlug: adapter.slug,
    versionId: version.id,
    versionNumber: version.number,
  };
  const nameOf = (nodeId: string) => state.nodes.find(({ id }) => id === nodeId)?.name ?? nodeId;
  const planned = plan.decisions
    .filter(({ adapterId }) => adapterId === adapter.id)
    .map((decision) => ({
      ...who,
      nodeId: decision.nodeId,
      nodeName: nameOf(decision.nodeId),
      action: decision.action,
      reason: explainDecision(decision, adapter, plan),
    }));
  const known = new Set(planned.map(({ nodeId }) => nodeId));
  const wantedOn = plannedOn(version).map(nameOf).join(", ");
  const leaving = leftBy(version).filter((nodeId) => !known.has(nodeId));
  return [
    ...planned,
    ...leaving.map((nodeId) => ({
      ...who,
      nodeId,
      nodeName: nameOf(nodeId),
      action: "remove" as const,
      reason: `On its way: it stays here until it is proven on ${wantedOn}.`,
    })),
  ];
}

/** What an adapter cannot have as wanted, with the reason and the fix. */
export function lacksOf(adapter: PlannedAdapter, plan: PlannedPlacement): { reason: string; fix: string }[] {
  if (adapter.stuck !== null)
    return [
      {
        reason: `${adapter.stuck}, so it can be loaded nowhere else: the adapter stays where it is.`,
        fix: "Cut over to a version that can be loaded.",
      },
    ];
  return plan.shortfalls
    .filter(({ adapterId }) => adapterId === adapter.id)
    .map((shortfall) => explainShortfall(shortfall, plan));
}
