import type { Ctx } from "#lib/identity/ctx.ts";
import { invalidField } from "#lib/platform/errors.ts";
import type { CacheBefore } from "./derive-cache.ts";
import { type DerivedNode, firstSeenEmpty, processStart, readActs, readRequests } from "./derived-store.ts";
import type { NodeAct, NodeRequest } from "./node-timeline.ts";
import { residentAfter } from "./resident-after.ts";

/** So long before a range the tiers are followed, that they are known when it begins. */
const WARM_UP_MS = 2 * 3_600_000;
/** More requests than these are not followed in one answer. */
const MAX_REQUESTS = 200_000;

/** What happened on a node from the warm-up on, and what lay in its tiers when that began. */
export type NodeHistory = { requests: NodeRequest[]; acts: NodeAct[]; before: CacheBefore; loaded: string[] };

/**
 * All that its cache follows from over a range. It begins before the range, that the tiers are known when that does.
 * @throws AppError `invalid` for more requests than are followed in one answer
 */
export async function readHistory(ctx: Ctx, node: DerivedNode, range: { from: Date; to: Date }): Promise<NodeHistory> {
  const begun = await processStart(ctx.tx, node.id, range.from);
  const warm = new Date(range.from.getTime() - WARM_UP_MS);
  const start = begun !== null && begun > warm ? begun : warm;
  const window = { from: start, to: range.to };
  const requests = await readRequests(ctx.tx, node.id, window, MAX_REQUESTS);
  if (requests.length > MAX_REQUESTS)
    throw invalidField(
      "from",
      "too_many_requests",
      `There were more than ${MAX_REQUESTS} requests on this node in that time.`,
      "Ask for a shorter range.",
    );
  const acts = await readActs(ctx.tx, node.id, window);
  if (begun === null) {
    // whoever came to us empty inside the range begins there, as after a restart
    const born = await firstSeenEmpty(ctx.tx, node.id);
    const isWithin = born !== null && born > start && born < range.to;
    const birth: NodeAct[] = isWithin ? [{ kind: "restart", atMs: born.getTime() }] : [];
    const inOrder = [...birth, ...acts].sort((one, other) => one.atMs - other.atMs);
    return { requests, acts: inOrder, ...residentAfter(null, node.maxCpuLoras) };
  }
  if (begun.getTime() === start.getTime()) return { requests, acts, before: "empty", loaded: [] };
  const earlier = await readActs(ctx.tx, node.id, { from: begun, to: start });
  return { requests, acts, ...residentAfter(earlier, node.maxCpuLoras) };
}

/** Why what follows is an estimate until a moment. @param settledMs null = it still is */
export const unsettledNote = (settledMs: number | null, before: CacheBefore): string => {
  const since =
    settledMs === null
      ? "Not yet exact"
      : `Exact since ${new Date(settledMs).toISOString().slice(0, 19).replace("T", " ")} UTC`;
  const why =
    before === "unknown"
      ? "this process started unobserved, or its history is incomplete, so its tiers may hold other adapters"
      : "some slots still hold what was there before the range";
  return `${since}: ${why}.`;
};
