import type { Ctx } from "#lib/identity/ctx.ts";
import { retainVersion } from "#lib/registry/versions/retain-version.ts";
import { dropUnheld, lockPlacements, wantPlacement } from "../store.ts";
import { mayLeave } from "./decide-release.ts";
import { dropHoldsOn } from "./placement-store.ts";
import { type PlannedPlacement, planPlacement } from "./plan-placement.ts";
import {
  followsPlan,
  leftBy,
  moveHolder,
  type PlacedVersion,
  type PlacementState,
  type PlannedAdapter,
  plannedOn,
  readPlacementState,
} from "./read-placement.ts";

/** As long as fleet has a placement of a version, registry keeps its files. */
export const RETENTION_HOLDER = "placement";

/** The plan for all adapters of a pool that have something to place and can be sent elsewhere. */
export const planPool = (state: PlacementState, options: { rebalance: boolean }): PlannedPlacement =>
  planPlacement({ nodes: state.nodes, adapters: placeable(state) }, options);

export const placeable = ({ adapters }: PlacementState): PlannedAdapter[] =>
  adapters.filter(({ versions, stuck }) => versions.length > 0 && stuck === null);

/** Nodes where versions of an adapter with a number of replicas belong; where it is already, as far as that suffices. */
export async function plannedNodes(ctx: Ctx, poolId: string, adapterId: string): Promise<string[]> {
  const state = await readPlacementState(ctx.tx, poolId, ctx.clock.now());
  const adapter = state?.adapters.find(({ id }) => id === adapterId);
  if (!state || !adapter) return [];
  const others = placeable(state).filter(({ id }) => id !== adapterId);
  const plan = planPlacement({ nodes: state.nodes, adapters: [...others, adapter] }, { rebalance: false });
  return [...(plan.targets.get(adapterId) ?? [])];
}

/**
 * Brings a pool's placements closer to its plan. What is missing is wanted at once. What is too much passes from those
 * who need it to a hold of the move, and goes when the nodes it is wanted on have proven it. Part of the caller's mutation
 * or loop turn; what it decides by is read again under the versions' locks.
 * @returns the state it found and the plan; null when there is no such pool
 */
export async function carryOutPlan(
  ctx: Ctx,
  poolId: string,
  options: { rebalance: boolean },
): Promise<{ state: PlacementState; plan: PlannedPlacement } | null> {
  const { tx, clock } = ctx;
  const seen = await readPlacementState(tx, poolId, clock.now());
  if (seen === null) return null;
  const locked = touchedVersions(seen, planPool(seen, options));
  for (const versionId of [...locked].sort()) await lockPlacements(tx, versionId);
  const state = locked.size === 0 ? seen : await readPlacementState(tx, poolId, clock.now());
  if (state === null) return null;
  const plan = planPool(state, options);
  // what turned up since the first poll is the next turn's
  for (const adapter of changing(state, plan))
    if (adapter.versions.every(({ id }) => locked.has(id))) await sendTo(ctx, adapter, plan);
  for (const version of state.versions)
    if (locked.has(version.id) && isDone(version, state)) await letLeave(ctx, version);
  return { state, plan };
}

/** Whether a pool's plan, without evening out, asks for anything that can be done now. Reads only. */
export async function hasWork({ tx, clock }: Ctx, poolId: string): Promise<boolean> {
  const state = await readPlacementState(tx, poolId, clock.now());
  return state !== null && touchedVersions(state, planPool(state, { rebalance: false })).size > 0;
}

/** Versions whose holds would change now. */
const touchedVersions = (state: PlacementState, plan: PlannedPlacement): Set<string> =>
  new Set([
    ...changing(state, plan).flatMap(({ versions }) => versions.map(({ id }) => id)),
    ...state.versions.filter((version) => isDone(version, state)).map(({ id }) => id),
  ]);

/** Wants what is on a node on others of its pool as well, as if the node were gone: it is about to be removed. */
export async function sendAway(ctx: Ctx, poolId: string, nodeId: string): Promise<void> {
  const read = async () => {
    const state = await readPlacementState(ctx.tx, poolId, ctx.clock.now());
    return state && { ...state, nodes: state.nodes.filter(({ id }) => id !== nodeId) };
  };
  const seen = await read();
  const there = seen === null ? [] : placeable(seen).filter(({ versions }) => versions.some((v) => isOn(v, nodeId)));
  const locked = new Set(there.flatMap(({ versions }) => versions.map(({ id }) => id)));
  for (const versionId of [...locked].sort()) await lockPlacements(ctx.tx, versionId);
  const state = await read();
  if (state === null) return;
  const plan = planPool(state, { rebalance: false });
  for (const adapter of placeable(state))
    if (adapter.versions.every(({ id }) => locked.has(id))) await sendTo(ctx, adapter, plan);
}

const isOn = (version: PlacedVersion, nodeId: string): boolean => plannedOn(version).includes(nodeId);

/** Adapters with a version that is not where the plan wants it. */
const changing = (state: PlacementState, plan: PlannedPlacement): PlannedAdapter[] =>
  placeable(state).filter(({ id, versions }) => {
    const targets = plan.targets.get(id) ?? [];
    return versions.some((version) => {
      const on = plannedOn(version);
      return on.length !== targets.length || on.some((nodeId) => !targets.includes(nodeId));
    });
  });

async function sendTo(ctx: Ctx, adapter: PlannedAdapter, plan: PlannedPlacement): Promise<void> {
  const { tx } = ctx;
  const targets = plan.targets.get(adapter.id) ?? [];
  const where = targets.map((nodeId) => plan.after.get(nodeId)?.node.name ?? nodeId).join(", ");
  for (const version of adapter.versions) {
    const key = { tenantId: adapter.tenantId, versionId: version.id };
    const on = plannedOn(version);
    const holders = holdersOf(adapter, version);
    const missing = targets.filter((nodeId) => !on.includes(nodeId));
    for (const nodeId of missing)
      for (const [holder, reason] of holders) await wantPlacement(tx, { ...key, nodeId, holder, reason });
    if (missing.length > 0) {
      const reason = "Loaded on nodes, or about to be.";
      await retainVersion(ctx, { versionId: version.id, holder: RETENTION_HOLDER, reason });
    }
    const surplus = on.filter((nodeId) => !targets.includes(nodeId));
    const move = { holder: moveHolder(adapter.id), reason: `Stays until it is proven on ${where}.` };
    for (const nodeId of surplus) await wantPlacement(tx, { ...key, nodeId, ...move });
    await dropHoldsOn(tx, { versionId: version.id, nodeIds: surplus, holders: [...holders.keys()] });
  }
}

/** Who holds a version where it is; what is live is held also if its pool had no nodes when it became so. */
function holdersOf(adapter: PlannedAdapter, version: PlacedVersion): Map<string, string> {
  const holds = version.placements.flatMap((placement) => placement.holds).filter(({ holder }) => followsPlan(holder));
  const holders = new Map(holds.map(({ holder, reason }) => [holder, reason]));
  const route = `route:${adapter.id}`;
  if (version.id === adapter.liveVersionId && !holders.has(route)) holders.set(route, "It is live.");
  return holders;
}

function isDone(version: PlacedVersion, { nodes }: PlacementState): boolean {
  const epochs = new Map(nodes.map(({ id, epoch }) => [id, epoch]));
  const proven = version.registrations.filter(({ nodeId, epoch }) => epochs.get(nodeId) === epoch);
  return (
    leftBy(version).length > 0 &&
    mayLeave({
      wantedOn: plannedOn(version),
      open: new Set(nodes.filter(({ away }) => away === null).map(({ id }) => id)),
      provenOn: new Set(proven.map(({ nodeId }) => nodeId)),
    })
  );
}

async function letLeave(ctx: Ctx, version: PlacedVersion): Promise<void> {
  const holders = [moveHolder(version.adapterId)];
  await dropHoldsOn(ctx.tx, { versionId: version.id, nodeIds: leftBy(version), holders });
  await dropUnheld(ctx.tx, version.id);
}
