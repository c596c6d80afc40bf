import type { Figure } from "#lib/http/schema.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { invalidField, notFound } from "#lib/platform/errors.ts";
import type { NodeSwaps, Swap, SwappedAdapter, SwapsQuery } from "../browser/swaps-schema.ts";
import { figuresOf, type MakeFigure } from "../figure.ts";
import { versionsByLoraName } from "../residency-store.ts";
import { stepStart } from "../rollup.ts";
import { readNodeRollups } from "../series/series-store.ts";
import { type CacheBefore, countUses, type DerivedUse, deriveCache } from "./derive-cache.ts";
import { type DerivedNode, findDerivedNode, processStart, readActs, readRequests } from "./derived-store.ts";
import { type NodeAct, type NodeRequest, peakAdapters } from "./node-timeline.ts";
import { residentAfter } from "./resident-after.ts";
import { swapRange } from "./swap-range.ts";

/** So long before the range the tiers are followed, that they are known when it begins. */
const WARM_UP_MS = 2 * 3_600_000;
/** More requests than these are not followed in one answer. */
const MAX_REQUESTS = 200_000;

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
  const known = await gather(ctx, node, { from, to });
  const { uses, settledMs } = deriveCache(known.requests, known.acts, node, known.before, known.loaded);
  const within = uses.filter(({ atMs }) => atMs >= from.getTime() && atMs < to.getTime());
  const isExact = known.before === "empty" || (settledMs !== null && settledMs <= from.getTime());
  const note = isExact ? null : unsettledNote(settledMs, known.before);
  const { evictions, swaps } = countUses(within);
  const make = figuresOf({ simulated: node.simulated, asOf: now, coverage: { seen: 1, of: 1 } });
  const figure = (value: number, unit: string): Figure => make(value, unit, note === null ? "derived" : "inferred");
  return {
    from: from.toISOString(),
    to: to.toISOString(),
    items: await named(ctx, within, query.limit),
    evictions: { gpu: figure(evictions.gpu, "evictions"), cpu: figure(evictions.cpu, "evictions") },
    swaps: { cpu: figure(swaps.cpu, "swaps"), disk: figure(swaps.disk, "swaps") },
    hits: figure(swaps.gpu, "hits"),
    peak: { adapters: await peakFigure(ctx, node, known.requests, { from, to }, make), slots: node.maxLoras },
    note,
  };
}

/**
 * Adapters that were asked for at once: ours, unless the engine named more of them at a look (`vllm:lora_requests_info`).
 * It names who runs or waits whoever asked, but only at its last step before the look, so that this is an estimate.
 */
async function peakFigure(
  ctx: Ctx,
  node: DerivedNode,
  requests: readonly NodeRequest[],
  { from, to }: { from: Date; to: Date },
  make: MakeFigure,
): Promise<Figure> {
  const ours = peakAdapters(requests, from.getTime(), to.getTime());
  const rows = await readNodeRollups(ctx.tx, { nodeIds: [node.id], stepSeconds: 60, from: stepStart(from, 60), to });
  const named = Math.max(0, ...rows.map(({ data }) => data.gauges.adaptersInUse?.max ?? 0));
  return named > ours ? make(named, "adapters", "inferred") : make(ours, "adapters", "derived");
}

type Known = { requests: NodeRequest[]; acts: NodeAct[]; before: CacheBefore; loaded: string[] };

/** What happened from the warm-up on, and what lay in the tiers when it began. */
async function gather(ctx: Ctx, node: DerivedNode, range: { from: Date; to: Date }): Promise<Known> {
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
  if (begun !== null && begun.getTime() === start.getTime()) return { requests, acts, before: "empty", loaded: [] };
  const earlier = begun === null ? null : await readActs(ctx.tx, node.id, { from: begun, to: start });
  return { requests, acts, ...residentAfter(earlier, node.maxCpuLoras) };
}

const unsettledNote = (settledMs: number | null, before: CacheBefore): string => {
  const since = settledMs === null ? "Not yet exact" : `Exact since ${new Date(settledMs).toISOString()}`;
  const why =
    before === "unknown"
      ? "nobody saw this process begin, or it has held more than its memory, so adapters may lie there that no request asked for"
      : "some slots still hold what was there before the range";
  return `${since}: ${why}.`;
};

async function named(ctx: Ctx, uses: readonly DerivedUse[], limit: number): Promise<Swap[]> {
  const newest = uses
    .filter(({ source }) => source !== "gpu")
    .slice(-limit)
    .reverse();
  const names = newest.flatMap(({ adapter, evicted }) => [adapter, evicted.gpu, evicted.cpu]);
  const versions = await versionsByLoraName(ctx.tx, [...new Set(names.filter((name) => name !== null))]);
  const about = (loraName: string): SwappedAdapter => {
    const version = versions.find((one) => one.loraName === loraName);
    return {
      loraName,
      tenantId: version?.tenantId ?? null,
      tenantSlug: version?.tenantSlug ?? null,
      adapterSlug: version?.adapterSlug ?? null,
      versionNumber: version?.versionNumber ?? null,
    };
  };
  const orNull = (name: string | null) => (name === null ? null : about(name));
  return newest.flatMap(({ atMs, adapter, by, source, evicted }) =>
    source === "gpu"
      ? []
      : {
          at: new Date(atMs).toISOString(),
          adapter: about(adapter),
          by,
          from: source,
          evicted: { gpu: orNull(evicted.gpu), cpu: orNull(evicted.cpu) },
        },
  );
}
