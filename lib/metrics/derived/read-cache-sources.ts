import type { Ctx } from "#lib/identity/ctx.ts";
import { notFound } from "#lib/platform/errors.ts";
import type { CacheSources } from "../browser/cache-sources-schema.ts";
import type { SwapRangeQuery } from "../browser/swaps-schema.ts";
import { readNodeRollups } from "../node-minute/rollup-store.ts";
import { stepStart } from "../rollup.ts";
import { compareSources } from "./compare-sources.ts";
import { exactSince, readDerivedSteps } from "./derived-rollup-store.ts";
import { findDerivedNode } from "./derived-store.ts";
import { settledUntil } from "./follow-node.ts";
import { type ForeignTraffic, foreignSentence } from "./foreign-traffic.ts";
import { foreignNow } from "./read-foreign.ts";
import { swapRange } from "./swap-range.ts";

/**
 * How far a node's evictions and swaps can be trusted: whether others use it, since when what is derived is exact, and how
 * far that is from what the node counts itself.
 * @throws AppError `not_found`; `invalid` for a range that is empty or longer than a day
 */
export async function readCacheSources(ctx: Ctx, nodeId: string, query: SwapRangeQuery): Promise<CacheSources> {
  const node = await findDerivedNode(ctx.tx, nodeId);
  if (!node) throw notFound("node");
  const now = ctx.clock.now();
  const { from, to } = swapRange(query, now);
  // of what is younger some requests still run
  const settled = new Date(Math.min(to.getTime(), settledUntil(now).getTime()));
  const nodeIds = [nodeId];
  const window = { nodeIds, stepSeconds: 60 as const, from: stepStart(from, 60), to: stepStart(settled, 60) };
  const compared = compareSources(await readNodeRollups(ctx.tx, window), await readDerivedSteps(ctx.tx, window));
  const foreign = await foreignNow(ctx.tx, nodeId, now);
  // the loop writes the doubt down within half a minute; nobody is told "exact" until then
  const since = foreign === null ? (await exactSince(ctx.tx, nodeIds, now)).get(nodeId) : undefined;
  return { exactSince: since?.toISOString() ?? null, foreign: foreign && toView(node.name, foreign), compared };
}

const toView = (name: string, found: ForeignTraffic): CacheSources["foreign"] => ({
  ...{ counted: found.counted, ours: found.ours, minutes: found.minutes },
  sentence: `${foreignSentence(name, found)}.`,
});
