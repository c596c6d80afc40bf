import { cpus, loadavg } from "node:os";
import { type Arrival, burstyTrace, evenTrace } from "#lib/lora-cache/bursty-trace.ts";
import { bundleGateway, type GatewayProcess, startGatewayProcess } from "#lib/testbed/gateway-process.ts";
import { type BenchPostgres, startBenchPostgres } from "#lib/testbed/postgres.ts";
import { quantile } from "#lib/testbed/quantile.ts";
import { addServingPool, type ServingPool } from "#lib/testbed/serving-store.ts";
import type { Measured } from "../judge.ts";
import { latenciesOf, type Outcome, playOverHttp } from "./play-over-http.ts";
import { leastConnections, type Side, throughGateway } from "./sides.ts";
import { type SimFleet, startSimFleet, writeAdapters } from "./sim-fleet.ts";

const TENANTS = 40;
const FLEET = { nodes: 2, maxLoras: 12, maxCpuLoras: 48 };
/** What an operator gets who changes nothing. */
const MAX_IN_FLIGHT = 256;
const BURSTY = { tenants: TENANTS, seconds: 35, perSecond: 32, skew: 0.9, burst: 4 };
const FLOOD_SECONDS = 25;
/** Others, beside whom one tenant is steady and one floods. */
const OTHERS = { tenants: 20, seconds: FLOOD_SECONDS, perSecond: 8, skew: 0.9, burst: 4 };
const STEADY = { tenant: OTHERS.tenants, everyMs: 100 };
const FLOODING = { tenant: OTHERS.tenants + 1, everyMs: 12 };

/** Two equal fleets, and the gateway with a pool for each. */
type Bench = { fleets: [SimFleet, SimFleet]; ours: [Side, Side]; peer: Side; close(): Promise<void> };
type Bursty = { swaps: [number, number]; ours: Outcome[]; peer: Outcome[] };
type Flood = { calmMs: number; floodedMs: number; flood: Outcome[] };

/** Job `admission`: the real gateway against first-in-first-out routing over simulated nodes. About 70 s a run. */
export async function runAdmission(options: { runs: number; say(line: string): void }): Promise<Measured[]> {
  const bench = await openBench();
  try {
    const bursty: Bursty[] = [];
    const floods: Flood[] = [];
    for (let run = 1; run <= options.runs; run += 1) {
      const [one, flood] = [await playBursty(bench, run), await playFlood(bench, run)];
      bursty.push(one);
      floods.push(flood);
      options.say(`run ${run}: ${tell(one, flood)}`);
    }
    return measuredOf(bursty, floods);
  } finally {
    await bench.close();
  }
}

/** The same trace on both sides at the same time, so that what else the machine does meets both. */
async function playBursty({ fleets, ours, peer }: Bench, seed: number): Promise<Bursty> {
  const trace = burstyTrace({ ...BURSTY, seed });
  const swapsOf = (): Promise<number[]> => Promise.all(fleets.map((fleet) => fleet.swaps()));
  const before = await swapsOf();
  const outcomes = await Promise.all([playOverHttp(trace, ours[0].send), playOverHttp(trace, peer.send)]);
  const after = await swapsOf();
  const rise = (at: 0 | 1) => (after[at] ?? 0) - (before[at] ?? 0);
  return { swaps: [rise(0), rise(1)], ours: outcomes[0], peer: outcomes[1] };
}

/** Both through the gateway at the same time: one pool is flooded, the other is not. */
async function playFlood({ ours }: Bench, seed: number): Promise<Flood> {
  const every = (of: { tenant: number; everyMs: number }) => evenTrace({ ...of, seconds: FLOOD_SECONDS, seed });
  const calm = merged(burstyTrace({ ...OTHERS, seed }), every(STEADY));
  const [flooded, quiet] = await Promise.all([
    playOverHttp(merged(calm, every(FLOODING)), ours[0].send),
    playOverHttp(calm, ours[1].send),
  ]);
  const p99 = (outcomes: readonly Outcome[]) => quantile(latenciesOf(outcomes, STEADY.tenant), 0.99);
  return {
    calmMs: p99(quiet),
    floodedMs: p99(flooded),
    flood: flooded.filter(({ tenant }) => tenant === FLOODING.tenant),
  };
}

const merged = (...traces: readonly (readonly Arrival[])[]): Arrival[] => traces.flat().sort((a, b) => a.atMs - b.atMs);

async function openBench(): Promise<Bench> {
  const opened: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const end of opened.reverse()) await end();
  };
  try {
    const postgres = await startBenchPostgres();
    opened.push(() => postgres.stop());
    const slugs = ["a", "b"].map((pool) => Array.from({ length: TENANTS }, (_, at) => `${pool}-tenant-${at}`));
    const names = slugs.map((some) => some.map((slug) => `${slug}--support--v1-0123456789ab`));
    const written = await writeAdapters(names.flat());
    opened.push(written.remove);
    const start = async (at: number) => {
      const adapters = written.adapters.filter(([name]) => names[at]?.includes(name));
      const fleet = await startSimFleet({ ...FLEET, adapters });
      opened.push(fleet.stop);
      return fleet;
    };
    const fleets: [SimFleet, SimFleet] = await Promise.all([start(0), start(1)]);
    const { gateway, pools } = await startGateway(postgres, fleets, slugs);
    opened.push(() => gateway.stop());
    const ours: [Side, Side] = [throughGateway(gateway.port, pools[0]), throughGateway(gateway.port, pools[1])];
    const peer = leastConnections(fleets[1], names[1] ?? []);
    opened.push(() => Promise.all([...ours, peer].map((side) => side.close())));
    return { fleets, ours, peer, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function startGateway(
  postgres: BenchPostgres,
  fleets: readonly [SimFleet, SimFleet],
  slugs: readonly (readonly string[])[],
): Promise<{ gateway: GatewayProcess; pools: [ServingPool, ServingPool] }> {
  const databaseUrl = await postgres.freshUrl();
  const db = postgres.open(databaseUrl);
  const add = (at: 0 | 1) =>
    addServingPool(db, {
      ...FLEET,
      slug: at === 0 ? "a" : "b",
      maxInFlight: MAX_IN_FLIGHT,
      nodes: fleets[at].urls.map((baseUrl, node) => ({ name: `${at === 0 ? "a" : "b"}-${node + 1}`, baseUrl })),
      tenants: (slugs[at] ?? []).map((slug) => ({ slug, adapters: ["support"], versions: 1, fallback: "reject" })),
    });
  const pools: [ServingPool, ServingPool] = [await add(0), await add(1)];
  await db.close();
  const gateway = await startGatewayProcess({ bundle: await bundleGateway(), databaseUrl, core: null });
  return { gateway, pools };
}

function measuredOf(bursty: readonly Bursty[], floods: readonly Flood[]): Measured[] {
  const peer = (values: number[]) => ({ name: "least connections", values });
  const p95 = (outcomes: readonly Outcome[]) => quantile(latenciesOf(outcomes), 0.95);
  return [
    {
      metric: "swaps_over_first_in_first_out",
      ours: bursty.map(({ swaps }) => swaps[0]),
      peer: peer(bursty.map(({ swaps }) => swaps[1])),
    },
    {
      metric: "p95_over_first_in_first_out",
      ours: bursty.map(({ ours }) => p95(ours)),
      peer: peer(bursty.map((one) => p95(one.peer))),
    },
    { metric: "unanswered", ours: bursty.map(({ ours }) => ours.filter(({ status }) => status !== 200).length) },
    { metric: "slowest_answer", ours: bursty.map(({ ours }) => Math.max(...ours.map(({ ms }) => ms)) / 1000) },
    {
      metric: "p99_beside_a_flood_over_calm",
      ours: floods.map(({ floodedMs, calmMs }) => floodedMs / calmMs),
    },
  ];
}

function tell({ swaps, ours, peer }: Bursty, { calmMs, floodedMs, flood }: Flood): string {
  const times = (outcomes: readonly Outcome[]) =>
    [0.5, 0.95, 0.99, 1].map((share) => quantile(latenciesOf(outcomes), share).toFixed(0)).join("/");
  const refused = flood.filter(({ status }) => status !== 200).length;
  return [
    `${ours.length} requests: ${swaps[0]} swaps, p50/95/99/100 ${times(ours)} ms; first in, first out ${swaps[1]}, ${times(peer)} ms;`,
    `steady p99 ${calmMs.toFixed(0)} ms, ${floodedMs.toFixed(0)} ms beside a flood of ${flood.length} (${refused} refused);`,
    `the machine's load is ${(loadavg()[0] ?? 0).toFixed(1)} on ${cpus().length} cores`,
  ].join(" ");
}
