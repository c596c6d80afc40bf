import type { Measurement } from "#lib/http/schema.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { notFound } from "#lib/platform/errors.ts";
import type { NodeSwaps, Swap, SwappedAdapter, SwapsQuery } from "../browser/swaps-schema.ts";
import { type MakeMeasurement, measurementsOf } from "../measurement.ts";
import { namedAdapter } from "../named-adapter.ts";
import { readNodeRollups } from "../node-minute/rollup-store.ts";
import { versionsByLoraName } from "../residency/residency-store.ts";
import { stepStart } from "../rollup.ts";
import { countUses, type DerivedUse, deriveCache } from "./derive-cache.ts";
import { type DerivedNode, findDerivedNode } from "./derived-store.ts";
import { isExactAt } from "./draw-residency.ts";
import { readHistory, unsettledNote } from "./node-history.ts";
import { type NodeRequest, peakAdapters } from "./node-timeline.ts";
import { pageSwaps } from "./page-swaps.ts";
import { swapRange } from "./swap-range.ts";

/**
 * Who was brought in on a node, from where, and who had to go: derived from our own requests and loads by the exact model
 * of vLLM's cache, for vLLM itself tells neither.
 * @throws AppError `not_found`; `invalid` for a range that is too long or holds too many requests
 */
export async function readNodeSwaps(ctx: Ctx, nodeId: string, query: SwapsQuery): Promise<NodeSwaps> {
  const node = await findDerivedNode(ctx.tx, nodeId);
  if (!node) throw notFound("node");
  const now = ctx.clock.now();
  const { from, to } = swapRange(query, now);
  const known = await readHistory(ctx, node, { from, to });
  const { uses, settledMs } = deriveCache(known.requests, known.acts, node, known.before, known.loaded);
  const within = uses.filter(({ atMs }) => atMs >= from.getTime() && atMs < to.getTime());
  const isExact = isExactAt({ before: known.before, settledMs }, from.getTime());
  const note = isExact ? null : unsettledNote(settledMs, known.before);
  const { evictions, swaps } = countUses(within);
  const brought = within.flatMap(swapOf);
  const page = pageSwaps(brought, { nodeId, limit: query.limit, cursor: query.cursor });
  const make = measurementsOf({ simulated: node.simulated, asOf: now, coverage: { seen: 1, of: 1 } });
  const derived = (value: number, unit: string) => make(value, unit, note === null ? "derived" : "inferred");
  return {
    from: from.toISOString(),
    to: to.toISOString(),
    items: await named(ctx, page.items),
    nextCursor: page.nextCursor,
    total: brought.length,
    evictions: { gpu: derived(evictions.gpu, "evictions"), cpu: derived(evictions.cpu, "evictions") },
    swaps: { cpu: derived(swaps.cpu, "swaps"), disk: derived(swaps.disk, "swaps") },
    hits: derived(swaps.gpu, "hits"),
    peak: { adapters: await readPeak(ctx, node, known.requests, { from, to }, make), slots: node.maxLoras },
    note,
  };
}

/**
 * Adapters that were asked for at once: ours, unless the engine named more of them at a scrape (`vllm:lora_requests_info`).
 * It names who runs or waits whoever asked, but only at its last step before the scrape, so that this is an estimate.
 */
async function readPeak(
  ctx: Ctx,
  node: DerivedNode,
  requests: readonly NodeRequest[],
  { from, to }: { from: Date; to: Date },
  make: MakeMeasurement,
): Promise<Measurement> {
  const ours = peakAdapters(requests, from.getTime(), to.getTime());
  const rows = await readNodeRollups(ctx.tx, { nodeIds: [node.id], stepSeconds: 60, from: stepStart(from, 60), to });
  const named = Math.max(0, ...rows.map(({ data }) => data.gauges.adaptersInUse?.max ?? 0));
  return named > ours ? make(named, "adapters", "inferred") : make(ours, "adapters", "derived");
}

/** Weights that came from a tier below; what lay in its slot was not brought in. */
type BroughtIn = Omit<DerivedUse, "source"> & { source: "cpu" | "disk" };
const swapOf = ({ source, ...use }: DerivedUse): BroughtIn[] => (source === "gpu" ? [] : [{ ...use, source }]);

async function named(ctx: Ctx, swaps: readonly BroughtIn[]): Promise<Swap[]> {
  const names = swaps.flatMap(({ adapter, evicted }) => [adapter, evicted.gpu, evicted.cpu]);
  const versions = await versionsByLoraName(ctx.tx, [...new Set(names.filter((name) => name !== null))]);
  const about = (loraName: string): SwappedAdapter => namedAdapter(loraName, versions);
  const orNull = (name: string | null) => (name === null ? null : about(name));
  return swaps.map(({ atMs, adapter, by, source, evicted }) => ({
    at: new Date(atMs).toISOString(),
    adapter: about(adapter),
    by,
    from: source,
    evicted: { gpu: orNull(evicted.gpu), cpu: orNull(evicted.cpu) },
  }));
}
