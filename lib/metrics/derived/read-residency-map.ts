import type { Measurement } from "#lib/http/schema.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { invalidField, notFound } from "#lib/platform/errors.ts";
import { MAX_MAP_COLUMNS, MAX_MAP_HOURS, MAX_MAP_ROWS } from "../browser/residency-map-limits.ts";
import type { ResidencyMap, ResidencyMapQuery, ResidencyMapRow } from "../browser/residency-map-schema.ts";
import { chartRange } from "../charts/chart-range.ts";
import { INTERVALS_KEPT_MS } from "../kept-for.ts";
import { namedAdapter } from "../named-adapter.ts";
import { readNodeResidency } from "../residency/read-residency.ts";
import { versionsByLoraName } from "../residency/residency-store.ts";
import { MAX_GAP_SECONDS } from "../rollup.ts";
import type { NodeResidency, ResidencyTier } from "../schema.ts";
import { readDerivedSteps } from "./derived-rollup-store.ts";
import type { Uncertainty } from "./derived-rows.ts";
import { type DerivedNode, findDerivedNode, processStart, readActs } from "./derived-store.ts";
import { mapGrid, rankByTime, runsOf, tiersAt } from "./draw-residency.ts";
import { UNCERTAINTY_WORDS } from "./fill-chart.ts";
import { EVERY_OTHER, type Interval } from "./follow-intervals.ts";
import { findFollowedTo, listFollowedIntervals, measuredTiersAt } from "./interval-store.ts";
import { unsettledNote } from "./node-history.ts";

const HOUR_MS = 3_600_000;
/** What charts round a range by, so that one of six hours may still be asked for. */
const ROUNDED_MS = 300_000;
/** A map that ends so long ago says nothing of now. */
const NOW_MS = 60_000;

type Range = { from: Date; to: Date };

/**
 * Where each version's weights were on a node over a range, as the cache follower stored it: it follows from our own requests
 * and loads. Beside its end is what the node measured itself.
 * @throws AppError `not_found`; `invalid` for a range that is empty, too long or too old
 */
export async function readResidencyMap(ctx: Ctx, nodeId: string, query: ResidencyMapQuery): Promise<ResidencyMap> {
  const node = await findDerivedNode(ctx.tx, nodeId);
  if (!node) throw notFound("node");
  const now = ctx.clock.now();
  const range = mapRange(query, now);
  const grid = mapGrid(range, MAX_MAP_COLUMNS);
  if (grid === null) throw tooLong();
  const followedTo = await findFollowedTo(ctx.tx, nodeId);
  const intervals = await listFollowedIntervals(ctx.tx, nodeId, { from: new Date(grid.fromMs), to: range.to });
  const present = now.getTime() - range.to.getTime() <= NOW_MS ? await readNodeResidency(ctx, nodeId) : null;
  const names = await namesOn(ctx, nodeId, { intervals, range, present });
  const knownToMs = (followedTo?.getTime() ?? 0) + MAX_GAP_SECONDS * 1000;
  const { rest, tiers } = tiersAt(intervals, grid.momentsMs, knownToMs, names);
  const sources = await sourcesOf(ctx, node, grid, [rest, ...tiers.values()]);
  const measured = followedTo && (await measuredAt(ctx, nodeId, present, followedTo));
  const ranked = rankByTime(tiers);
  return {
    from: new Date(grid.fromMs).toISOString(),
    to: range.to.toISOString(),
    stepSeconds: grid.stepSeconds,
    columns: grid.momentsMs.length,
    rows: await rowsOf(ctx, ranked.slice(0, MAX_MAP_ROWS), tiers, measured),
    others: Math.max(0, ranked.length - MAX_MAP_ROWS),
    slots: node.maxLoras,
    places: node.maxCpuLoras,
    sources: runsOf(sources.columns).map(({ is, columns }) => ({ source: is, columns })),
    source: sources.columns.includes("inferred") ? "inferred" : "derived",
    simulated: node.simulated,
    asOf: (followedTo !== null && followedTo < range.to ? followedTo : range.to).toISOString(),
    measured: measured && { at: measured.at.toISOString(), ...agreement(tiers, measured) },
    note: noteOf(intervals, sources, { rest, tiers, followedTo }),
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
  if (now.getTime() - from.getTime() > INTERVALS_KEPT_MS)
    throw invalidField(
      "from",
      "not_kept",
      "Residency of that time is no longer kept.",
      "Ask for a time within the last 31 days.",
    );
  return { from, to };
}

type Seen = { intervals: readonly Interval[]; range: Range; present: NodeResidency | null };

/** Whoever was in a tier, may have been in one, or was listed in the range. */
async function namesOn({ tx }: Ctx, nodeId: string, { intervals, range, present }: Seen): Promise<string[]> {
  const held = intervals.filter(({ tier, loraName }) => tier !== "absent" && loraName !== EVERY_OTHER);
  const begun = await processStart(tx, nodeId, range.from);
  const acts = await readActs(tx, nodeId, { from: begun ?? new Date(0), to: range.to });
  const listed = new Set<string>();
  const names = new Set([...held, ...(present?.items ?? [])].map(({ loraName }) => loraName));
  for (const act of acts) {
    if (act.atMs >= range.from.getTime()) for (const name of listed) names.add(name);
    if (act.kind === "restart") listed.clear();
    else if (act.kind === "load") listed.add(act.loraName);
    else listed.delete(act.loraName);
  }
  for (const name of listed) names.add(name);
  return [...names];
}

type Grid = NonNullable<ReturnType<typeof mapGrid>>;
type Sources = { columns: Measurement["source"][]; uncertainties: Uncertainty[] };

/** How each column is known, and which doubts of the loop that follows all nodes fell into them. */
async function sourcesOf(
  ctx: Ctx,
  node: DerivedNode,
  { fromMs, stepSeconds, momentsMs }: Grid,
  tiers: readonly (readonly ResidencyTier[])[],
): Promise<Sources> {
  const range = { from: new Date(fromMs), to: new Date(momentsMs.at(-1) ?? fromMs) };
  const { rollupStep, from } = chartRange(
    { from: range.from.toISOString(), to: range.to.toISOString() },
    ctx.clock.now(),
  );
  const steps = await readDerivedSteps(ctx.tx, { nodeIds: [node.id], stepSeconds: rollupStep, from, to: range.to });
  // whether its beginning was seen shows in the tiers
  const weakened = steps.filter(({ uncertainty }) => uncertainty === "foreign" || uncertainty === "late");
  const uncertainties = new Set<Uncertainty>();
  const columns = momentsMs.map((momentMs, column): Measurement["source"] => {
    const startMs = fromMs + column * stepSeconds * 1000;
    const own = weakened.filter(({ at }) => at.getTime() < momentMs && at.getTime() + rollupStep * 1000 > startMs);
    for (const { uncertainty } of own) if (uncertainty !== null) uncertainties.add(uncertainty);
    return own.length === 0 && !tiers.some((row) => row[column] === "unknown") ? "derived" : "inferred";
  });
  return { columns, uncertainties: [...uncertainties] };
}

type MeasuredTiers = { at: Date; tierOf: (loraName: string) => ResidencyTier };

/** What a node measured when it was last followed, so that both are of one moment; null = it tells nothing now. */
async function measuredAt(
  { tx }: Ctx,
  nodeId: string,
  present: NodeResidency | null,
  followedTo: Date,
): Promise<MeasuredTiers | null> {
  if (present === null || present.note !== null || present.asOf === null) return null;
  const at = new Date(Math.min(Date.parse(present.asOf), followedTo.getTime()));
  const tiers = await measuredTiersAt(tx, nodeId, at);
  return { at, tierOf: (loraName) => tiers.get(loraName) ?? "absent" };
}

async function rowsOf(
  ctx: Ctx,
  names: readonly string[],
  tiers: ReadonlyMap<string, readonly ResidencyTier[]>,
  measured: MeasuredTiers | null,
): Promise<ResidencyMapRow[]> {
  const versions = await versionsByLoraName(ctx.tx, names);
  return names.map((loraName) => {
    return {
      ...namedAdapter(loraName, versions),
      runs: runsOf(tiers.get(loraName) ?? []).map(({ is, columns }) => ({ tier: is, columns })),
      measured: measured?.tierOf(loraName) ?? null,
    };
  });
}

function agreement(tiers: ReadonlyMap<string, readonly ResidencyTier[]>, { tierOf }: MeasuredTiers) {
  const known = [...tiers].filter(([, columns]) => columns.at(-1) !== "unknown");
  return { agree: known.filter(([name, columns]) => columns.at(-1) === tierOf(name)).length, of: known.length };
}

type Drawn = {
  rest: readonly ResidencyTier[];
  tiers: ReadonlyMap<string, readonly ResidencyTier[]>;
  followedTo: Date | null;
};

function noteOf(
  intervals: readonly Interval[],
  { uncertainties }: Sources,
  { rest, tiers, followedTo }: Drawn,
): string | null {
  const notes = uncertainties.map((uncertainty) => `Only inferred in part: ${UNCERTAINTY_WORDS[uncertainty]}.`);
  if ([rest, ...tiers.values()].some(([first]) => first === "unknown")) {
    const begunMs = intervals.flatMap(({ loraName, startedMs }) => (loraName === EVERY_OTHER ? startedMs : []));
    const unknownToMs = intervals.flatMap(({ tier, endedMs }) => (tier === "unknown" ? (endedMs ?? Infinity) : []));
    const settledMs = Math.max(Math.min(...begunMs), ...unknownToMs);
    notes.unshift(unsettledNote(Number.isFinite(settledMs) ? settledMs : null, rest[0] === "unknown" ? "unknown" : []));
  } else if (rest.at(-1) === "unknown" && followedTo !== null)
    notes.push(
      `Unknown since ${followedTo.toISOString().slice(0, 19).replace("T", " ")} UTC: the background job is late.`,
    );
  return notes.length === 0 ? null : notes.join(" ");
}
