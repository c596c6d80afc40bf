import { type Arrival, burstyTrace, evenTrace } from "#lib/lora-cache/bursty-trace.ts";
import { type OpenPool, openPools, tenantsOf } from "#lib/testbed/open-pools.ts";
import { withOpened } from "#lib/testbed/opened.ts";
import {
  countUnanswered,
  formatLatencies,
  latenciesOf,
  leastConnections,
  type Outcome,
  playOverHttp,
  type Send,
  throughGateway,
} from "#lib/testbed/play.ts";
import { quantile } from "#lib/testbed/quantile.ts";
import type { Measured } from "../judge.ts";

const TENANTS = 40;
const FLEET = { nodes: 2, maxLoras: 12, maxCpuLoras: 48 };
const BURSTY = { tenants: TENANTS, seconds: 35, perSecond: 32, skew: 0.9, burst: 4 };
const FLOOD_SECONDS = 25;
/** Others, beside whom one tenant is steady and one floods. */
const OTHERS = { tenants: 20, seconds: FLOOD_SECONDS, perSecond: 8, skew: 0.9, burst: 4 };
const STEADY = { tenant: OTHERS.tenants, everyMs: 100 };
const FLOODING = { tenant: OTHERS.tenants + 1, everyMs: 12 };

/** Two equal pools, each through the gateway; the second also without it. */
type Bench = { pools: OpenPool[]; ours: [Send, Send]; peer: Send };
type Run = { swaps: [number, number]; ours: Outcome[]; peer: Outcome[]; calmMs: number; floodedMs: number };

/** Job `admission`: the real gateway against first-in-first-out routing over simulated nodes. About 70 s a run. */
export const runAdmission = (options: { runs: number; log(line: string): void }): Promise<Measured[]> =>
  withOpened(async (keep) => {
    const plans = ["a", "b"].map((slug) => ({ slug, tenants: tenantsOf(TENANTS, `${slug}-`) }));
    const { port, pools } = await openPools(keep, FLEET, plans);
    const [one, two] = pools;
    if (!one || !two) throw new Error("two pools were asked for");
    const ours: Bench["ours"] = [throughGateway(port, one), throughGateway(port, two)];
    const bench = { pools, ours, peer: leastConnections(two.fleet.urls, two.loraNames) };
    const runs: Run[] = [];
    for (let run = 1; run <= options.runs; run += 1) {
      const played = { ...(await playBursty(bench, run)), ...(await playFlood(bench, run)) };
      runs.push(played);
      options.log(`run ${run}: ${formatRun(played)}`);
    }
    return measuredOf(runs);
  });

/** The same trace on both sides at the same time, so that what else the machine does meets both. */
async function playBursty({ pools, ours: [send], peer }: Bench, seed: number) {
  const trace = burstyTrace({ ...BURSTY, seed });
  const swapsOf = () => Promise.all(pools.map(({ fleet }) => fleet.swaps()));
  const before = await swapsOf();
  const [ours, theirs] = await Promise.all([playOverHttp(trace, send), playOverHttp(trace, peer)]);
  const rises = (await swapsOf()).map((count, at) => count - (before[at] ?? 0));
  const swaps: [number, number] = [rises[0] ?? Number.NaN, rises[1] ?? Number.NaN];
  return { swaps, ours, peer: theirs };
}

/** Both through the gateway at the same time: one pool is flooded, the other is not. */
async function playFlood({ ours }: Bench, seed: number) {
  const every = (of: typeof STEADY) => evenTrace({ ...of, seconds: FLOOD_SECONDS, seed });
  const calm = merged(burstyTrace({ ...OTHERS, seed }), every(STEADY));
  const flood = merged(calm, every(FLOODING));
  const [flooded, quiet] = await Promise.all([playOverHttp(flood, ours[0]), playOverHttp(calm, ours[1])]);
  const p99 = (outcomes: readonly Outcome[]) => quantile(latenciesOf(outcomes, STEADY.tenant), 0.99);
  return { calmMs: p99(quiet), floodedMs: p99(flooded) };
}

const merged = (...traces: readonly (readonly Arrival[])[]): Arrival[] => traces.flat().sort((a, b) => a.atMs - b.atMs);

function measuredOf(runs: readonly Run[]): Measured[] {
  const p95 = (outcomes: readonly Outcome[]) => quantile(latenciesOf(outcomes), 0.95);
  const of = (metric: string, ours: (run: Run) => number, theirs?: (run: Run) => number): Measured => ({
    ...{ metric, ours: runs.map(ours) },
    ...(theirs && { peer: { name: "least connections", values: runs.map(theirs) } }),
  });
  return [
    of(
      "swaps_over_first_in_first_out",
      ({ swaps }) => swaps[0],
      ({ swaps }) => swaps[1],
    ),
    of(
      "p95_over_first_in_first_out",
      ({ ours }) => p95(ours),
      ({ peer }) => p95(peer),
    ),
    of("unanswered", ({ ours }) => countUnanswered(ours)),
    of("slowest_answer", ({ ours }) => Math.max(...ours.map(({ ms }) => ms)) / 1000),
    of("p99_beside_a_flood_over_calm", ({ floodedMs, calmMs }) => floodedMs / calmMs),
  ];
}

const formatRun = ({ swaps, ours, peer, calmMs, floodedMs }: Run): string =>
  [
    `${ours.length} requests: ${swaps[0]} swaps, ${formatLatencies(ours)}; first in, first out ${swaps[1]}, ${formatLatencies(peer)};`,
    `steady p99 ${calmMs.toFixed(0)} ms, ${floodedMs.toFixed(0)} ms beside a flood`,
  ].join(" ");
