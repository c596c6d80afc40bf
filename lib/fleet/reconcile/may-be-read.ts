import type { InFlight } from "#lib/vllm/in-flight.ts";
import type { PlacementRow } from "../node-state.ts";
import { MAY_TURN_UP } from "../placement-condition.ts";

/**
 * A request that the gateway sent before it heard of the change may still be on its way into the engine: an empty node
 * counts only this long after the unload.
 */
const SETTLE_MS = 2_000;
/** Longer than any reply takes; the gateway gives up after 10 minutes without a first byte. */
export const READERS_END_MS = 1_800_000;

/** Twice as long as a load is waited for: one whose end nobody knows has failed by then, or is listed. */
const LOAD_ENDS_MS = 600_000;

const mayTurnUp = (condition: PlacementRow["condition"], now: Date): boolean =>
  condition !== null &&
  MAY_TURN_UP.has(condition.reason) &&
  now.getTime() - Date.parse(condition.lastTransitionTime) < LOAD_ENDS_MS;

/**
 * Whether an engine may still read the files of a version that was unloaded. It does while a request that began before
 * runs: evicted meanwhile, the adapter is read again inside a step, and the engine ends if it is gone (vllm.md §4.5).
 * So does a load that was begun and whose end nobody knows. Nobody reads when the node has nothing in flight, has restarted, or when the longest reply must be over.
 */
export function mayBeRead(
  placement: Pick<PlacementRow, "unloadedAt" | "unloadedEpoch" | "condition">,
  node: { epoch: number; inFlight: InFlight | null; restarted: boolean },
  now: Date,
): boolean {
  const { unloadedAt, unloadedEpoch } = placement;
  if (unloadedAt === null) return !node.restarted && mayTurnUp(placement.condition, now);
  if (unloadedEpoch !== null && node.epoch > unloadedEpoch) return false;
  const elapsedMs = now.getTime() - unloadedAt.getTime();
  if (elapsedMs >= READERS_END_MS) return false;
  const isEmpty = node.inFlight !== null && node.inFlight.running + node.inFlight.waiting === 0;
  return !(isEmpty && elapsedMs >= SETTLE_MS);
}
