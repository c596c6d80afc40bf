import type { Figure } from "#lib/http/schema.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { invalidField, notFound } from "#lib/platform/errors.ts";
import { MAX_MAP_COLUMNS, MAX_MAP_HOURS, MAX_MAP_ROWS } from "../browser/residency-map-limits.ts";
import type { ResidencyMap, ResidencyMapQuery, ResidencyMapRow } from "../browser/residency-map-schema.ts";
import { chartRange } from "../charts/chart-range.ts";
import { TRACES_KEPT_MS } from "../kept-for.ts";
import { namedAdapter } from "../named-adapter.ts";
import { readNodeResidency } from "../residency/read-residency.ts";
import { versionsByLoraName } from "../residency/residency-store.ts";
import type { NodeResidency, ResidencyTier } from "../schema.ts";
import { deriveCache, isCopy } from "./derive-cache.ts";
import { readDerivedSteps } from "./derived-rollup-store.ts";
import type { Uncertainty } from "./derived-rows.ts";
import { type DerivedNode, findDerivedNode } from "./derived-store.ts";
import { drawTiers, type Followed, isExactAt, mapGrid, rankByTime, runsOf } from "./draw-residency.ts";
import { DOUBT_WORDS } from "./fill-chart.ts";
import { type NodeHistory, readHistory, unsettledNote } from "./node-history.ts";

const HOUR_MS = 3_600_000;
/** What charts round a range by, so that one of six hours may still be asked for. */
const ROUNDED_MS = 300_000;
/** A map that ends so long ago says nothing of now. */
const NOW_MS = 60_000;

type Range = { from: Date; to: Date };

/**
 * Where each version's weights lay on a node over a range: derived from our own requests and loads by the exact model of
 * vLLM's cache, for neither vLLM nor the plugin keeps what was. Beside its end stands what the node says itself.
 * @throws AppError `not_found`; `invalid` for a range that is empty, too long or too old, or holds too many requests
 */
export async function readResidencyMap(ctx: Ctx, nodeId: string, query: ResidencyMapQuery): Promise<ResidencyMap> {
  const node = await findDerivedNode(ctx.tx, nodeId);
  if (!node) throw notFound("node");
  const now = ctx.clock.now();
  const range = mapRange(query, now);
  const grid = mapGrid(range, MAX_MAP_COLUMNS);
  if (grid === null) throw tooLong();
  const history = await readHistory(ctx, node, range);
  const { requests, acts, before, loaded } = history;
  const derived = deriveCache(requests, acts, node, before, loaded, grid.momentsMs);
  const followed: Followed = { ...derived, momentsMs: grid.momentsMs, before, maxLoras: node.maxLoras };
  const present = now.getTime() - range.to.getTime() <= NOW_MS ? await readNodeResidency(ctx, nodeId) : null;
  const tiers = drawTiers(followed, namesOn(followed, history, range, present));
  const sources = await sourcesOf(ctx, node, followed, grid);
  const isInferred = sources.columns.includes("inferred");
  const ranked = rankByTime(tiers);
  return {
    from: new Date(grid.fromMs).toISOString(),
    to: range.to.toISOString(),
    stepSeconds: grid.stepSeconds,
    columns: grid.momentsMs.length,
    rows: await rowsOf(ctx, ranked.slice(0, MAX_MAP_ROWS), tiers, present),
    others: Math.max(0, ranked.length - MAX_MAP_ROWS),
    slots: node.maxLoras,
    places: node.maxCpuLoras,
    sources: runsOf(sources.columns).map(({ is, columns }) => ({ source: is, columns })),
    source: isInferred ? "inferred" : "derived",
    simulated: node.simulated,
    asOf: range.to.toISOString(),
    measured: agreement(tiers, present),
    note: noteOf(followed, sources.doubts),
  };
}

const tooLong = () =>
  invalidField(
    "from",
    "range_too_long",
    `Where adapters lay is followed over at most ${MAX_MAP_HOURS} hours.`,
    `Ask for ${MAX_MAP_HOURS} hours or less.`,
  );

function mapRange(query: ResidencyMapQuery, now: Date): Range {
  const { to } = chartRange(query, now);
  const from = query.from === undefined ? new Date(to.getTime() - HOUR_MS) : new Date(query.from);
  if (to.getTime() - from.getTime() > MAX_MAP_HOURS * HOUR_MS + ROUNDED_MS) throw tooLong();
  if (now.getTime() - from.getTime() > TRACES_KEPT_MS)
    throw invalidField(
      "from",
      "not_kept",
      "Requests of that time are not kept any more.",
      "Ask for a time within the last 31 days.",
    );
  return { from, to };
}

/** Whoever was listed, asked for or held in the range. */
function namesOn(
  { recencyAt, uses }: Followed,
  { acts, loaded }: NodeHistory,
  { from, to }: Range,
  present: NodeResidency | null,
): string[] {
  const listed = new Set(loaded);
  const names = new Set(present?.items.map(({ loraName }) => loraName));
  const isWithin = (atMs: number) => atMs >= from.getTime() && atMs < to.getTime();
  for (const act of acts) {
    if (isWithin(act.atMs)) for (const name of listed) names.add(name);
    if (act.kind === "restart") listed.clear();
    else if (act.kind === "load") listed.add(act.loraName);
    else listed.delete(act.loraName);
  }
  for (const name of listed) names.add(name);
  for (const { adapter, atMs } of uses) if (isWithin(atMs)) names.add(adapter);
  for (const recency of recencyAt) for (const name of recency) if (!isCopy(name)) names.add(name);
  return [...names];
}

type Grid = NonNullable<ReturnType<typeof mapGrid>>;

/** How each column is known, and which doubts of the loop that follows all nodes fell into them. */
async function sourcesOf(ctx: Ctx, node: DerivedNode, followed: Followed, { fromMs, stepSeconds, momentsMs }: Grid) {
  const range = { from: new Date(fromMs), to: new Date(momentsMs.at(-1) ?? fromMs) };
  const { rollupStep, from } = chartRange(
    { from: range.from.toISOString(), to: range.to.toISOString() },
    ctx.clock.now(),
  );
  const steps = await readDerivedSteps(ctx.tx, { nodeIds: [node.id], stepSeconds: rollupStep, from, to: range.to });
  // whether its beginning was seen follows from what was read here
  const doubted = steps.filter(({ doubt }) => doubt === "foreign" || doubt === "late");
  const doubts = new Set<Uncertainty>();
  const columns = momentsMs.map((momentMs, column): Figure["source"] => {
    const startMs = fromMs + column * stepSeconds * 1000;
    const own = doubted.filter(({ at }) => at.getTime() < momentMs && at.getTime() + rollupStep * 1000 > startMs);
    for (const { doubt } of own) if (doubt !== null) doubts.add(doubt);
    return own.length === 0 && isExactAt(followed, momentMs) ? "derived" : "inferred";
  });
  return { columns, doubts: [...doubts] };
}

async function rowsOf(
  ctx: Ctx,
  names: readonly string[],
  tiers: ReadonlyMap<string, readonly ResidencyTier[]>,
  present: NodeResidency | null,
): Promise<ResidencyMapRow[]> {
  const versions = await versionsByLoraName(ctx.tx, names);
  return names.map((loraName) => {
    return {
      ...namedAdapter(loraName, versions),
      runs: runsOf(tiers.get(loraName) ?? []).map(({ is, columns }) => ({ tier: is, columns })),
      measured: measuredTier(present, loraName),
    };
  });
}

/** A node that tells its tiers, and names this one in none, holds it in none. */
const measuredTier = (present: NodeResidency | null, loraName: string): ResidencyTier | null =>
  present === null || present.note !== null
    ? null
    : (present.items.find((item) => item.loraName === loraName)?.tier ?? "absent");

function agreement(
  tiers: ReadonlyMap<string, readonly ResidencyTier[]>,
  present: NodeResidency | null,
): ResidencyMap["measured"] {
  if (present === null || present.note !== null || present.asOf === null) return null;
  const known = [...tiers].filter(([, columns]) => columns.at(-1) !== "unknown");
  const agree = known.filter(([name, columns]) => columns.at(-1) === measuredTier(present, name));
  return { at: present.asOf, agree: agree.length, of: known.length };
}

function noteOf(followed: Followed, doubts: readonly Uncertainty[]): string | null {
  const [first] = followed.momentsMs;
  const notes = doubts.map((doubt) => `Only inferred in part: ${DOUBT_WORDS[doubt]}.`);
  if (first !== undefined && !isExactAt(followed, first))
    notes.unshift(unsettledNote(followed.settledMs, followed.before));
  return notes.length === 0 ? null : notes.join(" ");
}
