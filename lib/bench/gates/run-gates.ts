import { cpus, loadavg } from "node:os";
import { latestEndMs } from "#lib/evals/asking/pace/node-share.ts";
import { burstyTrace } from "#lib/lora-cache/bursty-trace.ts";
import type { Database } from "#lib/platform/db.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { latestOfPool } from "#lib/requests/traffic/pool-requests-store.ts";
import { bundleGateway, startGatewayProcess } from "#lib/testbed/gateway-process.ts";
import { startBenchPostgres } from "#lib/testbed/postgres.ts";
import { quantile } from "#lib/testbed/quantile.ts";
import { addServingPool, addTrustedKey, type ServingPool } from "#lib/testbed/serving-store.ts";
import { latenciesOf, type Outcome, playOverHttp } from "../admission/play-over-http.ts";
import { type Side, throughGateway } from "../admission/sides.ts";
import { startSimFleet, writeAdapters } from "../admission/sim-fleet.ts";
import type { Measured } from "../judge.ts";
import { type Pair, quantileRatio, type RatioInterval } from "./bootstrap.ts";
import { type GateOrder, type GateProgram, startGates } from "./gate-program.ts";

const PAIRS = 10;
const CUSTOMERS = 40;
const FLEET = { nodes: 4, maxLoras: 12, maxCpuLoras: 48 };
const MAX_IN_FLIGHT = 256;
/** About 1,050 requests in each arm of a pair, nine a second on each node. */
const TRACE = { tenants: CUSTOMERS, seconds: 28, perSecond: 37.5, skew: 0.9, burst: 4 };
/** Eighteen answers for each prompt at first, as a gate of 200 has 3,600. */
const PROMPTS = 40;
const ANSWERS = PROMPTS * 18;
/** As the worker has it beside customers. */
const PER_NODE = 2;
/** Traces are stored within a second. */
const STORED_MS = 2_500;

type Bench = {
  customers: Side;
  gates: GateProgram;
  /** Mean time of an evaluation's request on its node, by the traces. */
  serviceMs(since: Date): Promise<number>;
  close(): Promise<void>;
};
type Arm = { outcomes: Outcome[]; tookMs: number; answered: number };
type Played = { pairs: { off: Arm; on: Arm }[]; serviceMs: number };

/**
 * Job `gates`: customers' p95 beside gates and without, in ten interleaved pairs of the same traces, through the real gateway
 * over simulated nodes. About eleven minutes, whatever `--runs` says.
 */
export async function runGates({ say }: { say(line: string): void }): Promise<Measured[]> {
  const bench = await openBench();
  try {
    const since = new Date();
    const pairs: Played["pairs"] = [];
    // V8 compiles, customers' adapters find their nodes, and the nodes are known to have customers
    await playOverHttp(burstyTrace({ ...TRACE, seconds: 15, seed: 100 }), bench.customers.send);
    for (let seed = 1; seed <= PAIRS; seed += 1) {
      const arms = { off: null as Arm | null, on: null as Arm | null };
      for (const arm of seed % 2 === 0 ? (["on", "off"] as const) : (["off", "on"] as const))
        arms[arm] = await playArm(bench, seed, arm === "on");
      if (arms.off === null || arms.on === null) throw new Error("an arm was not played");
      pairs.push({ off: arms.off, on: arms.on });
      say(`pair ${seed}: ${tellPair(arms.off, arms.on)}`);
    }
    await new Promise((done) => setTimeout(done, STORED_MS));
    return report({ pairs, serviceMs: await bench.serviceMs(since) }, say);
  } finally {
    await bench.close();
  }
}

async function playArm({ customers, gates }: Bench, seed: number, isOn: boolean): Promise<Arm> {
  const before = isOn ? await gates.ask() : { answered: 0 };
  const startedAt = performance.now();
  const outcomes = await playOverHttp(burstyTrace({ ...TRACE, seed }), customers.send);
  const after = isOn ? await gates.rest() : { answered: 0 };
  return { outcomes, tookMs: performance.now() - startedAt, answered: after.answered - before.answered };
}

function report({ pairs, serviceMs }: Played, say: (line: string) => void): Measured[] {
  const latencies: Pair[] = pairs.map(({ off, on }) => ({
    off: latenciesOf(off.outcomes),
    on: latenciesOf(on.outcomes),
  }));
  const { ratio, lower, upper }: RatioInterval = quantileRatio(latencies, 0.95, { seed: 1, resamples: 1_000 });
  const ranMs = pairs.reduce((sum, { on }) => sum + on.tookMs, 0);
  const answered = pairs.reduce((sum, { on }) => sum + on.answered, 0);
  const tookMs = (ranMs * ANSWERS) / answered;
  const dueMs = latestEndMs({ answers: ANSWERS, serviceMs, nodes: FLEET.nodes });
  say(`p95 with gates over p95 without: ${ratio.toFixed(3)}, 95 % interval ${lower.toFixed(3)} to ${upper.toFixed(3)}`);
  say(
    `${answered} answers in ${seconds(ranMs)} s beside customers, ${serviceMs.toFixed(0)} ms each on its node: a gate of ${ANSWERS} answers takes ${seconds(tookMs)} s and is due after ${seconds(dueMs)} s`,
  );
  const arms = pairs.flatMap(({ off, on }) => [off, on]);
  const countOf = (arm: "off" | "on") => latencies.reduce((sum, pair) => sum + pair[arm].length, 0);
  return [
    // the middle one is the ratio, the others are its interval
    { metric: "p95_with_gates_over_without", ours: [lower, ratio, upper] },
    { metric: "requests_of_the_smaller_arm", ours: [Math.min(countOf("off"), countOf("on"))] },
    { metric: "unanswered", ours: arms.map(({ outcomes }) => outcomes.filter(({ status }) => status !== 200).length) },
    { metric: "gate_over_its_deadline", ours: [tookMs / dueMs] },
  ];
}

const seconds = (ms: number) => (ms / 1000).toFixed(0);

function tellPair(off: Arm, on: Arm): string {
  const times = ({ outcomes }: Arm) =>
    [0.5, 0.95].map((share) => quantile(latenciesOf(outcomes), share).toFixed(0)).join("/");
  return `${off.outcomes.length} requests, p50/95 ${times(off)} ms without, ${times(on)} ms beside ${on.answered} answers; the machine's load is ${(loadavg()[0] ?? 0).toFixed(1)} on ${cpus().length} cores`;
}

async function openBench(): Promise<Bench> {
  const opened: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const end of opened.reverse()) await end();
  };
  try {
    const postgres = await startBenchPostgres();
    opened.push(() => postgres.stop());
    const databaseUrl = await postgres.freshUrl();
    const db = postgres.open(databaseUrl);
    opened.push(() => db.close());
    const { pool, urls } = await startFleet(db, opened);
    const gateway = await startGatewayProcess({ bundle: await bundleGateway(), databaseUrl, core: null });
    opened.push(() => gateway.stop());
    const customers = throughGateway(gateway.port, pool);
    opened.push(() => customers.close());
    const gates = await startGates({
      url: `http://127.0.0.1:${gateway.port}`,
      apiKey: await addTrustedKey(db),
      respondents: respondentsOf(pool),
      prompts: PROMPTS,
      most: PER_NODE * urls.length,
    });
    opened.push(() => gates.stop());
    const serviceMs = async (from: Date) => {
      const asked = { poolId: pool.id, kind: "eval" as const, from, to: new Date() };
      const { meanServiceMs } = await db.read(platformScope, (tx) => latestOfPool(tx, asked));
      if (meanServiceMs === null) throw new Error("no evaluation was answered");
      return meanServiceMs;
    };
    return { customers, gates, serviceMs, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Customers, and one tenant more with two versions: a gate's baseline and candidate. */
async function startFleet(
  db: Database,
  opened: (() => Promise<unknown>)[],
): Promise<{ pool: ServingPool; urls: string[] }> {
  const slugs = Array.from({ length: CUSTOMERS }, (_, at) => `tenant-${at}`);
  const tenants = [...slugs.map((slug) => ({ slug, versions: 1 })), { slug: "gated", versions: 2 }];
  const names = tenants.flatMap(({ slug, versions }) =>
    Array.from({ length: versions }, (_, at) => `${slug}--support--v${at + 1}-0123456789ab`),
  );
  const written = await writeAdapters(names);
  opened.push(written.remove);
  const fleet = await startSimFleet({ ...FLEET, adapters: written.adapters });
  opened.push(fleet.stop);
  const pool = await addServingPool(db, {
    ...FLEET,
    slug: "pool",
    maxInFlight: MAX_IN_FLIGHT,
    nodes: fleet.urls.map((baseUrl, at) => ({ name: `node-${at + 1}`, baseUrl })),
    tenants: tenants.map((tenant) => ({ ...tenant, adapters: ["support"], fallback: "reject" as const })),
  });
  return { pool, urls: [...fleet.urls] };
}

function respondentsOf({ tenants }: ServingPool): GateOrder["respondents"] {
  const gated = tenants.find(({ slug }) => slug === "gated");
  const [live, candidate] = gated?.adapters[0]?.versions ?? [];
  if (!gated || !live || !candidate) throw new Error("nobody has two versions");
  const of = ({ id, loraName }: typeof live) => ({
    ...{ tenantId: gated.slug, model: "support", servedAs: loraName, versionId: id },
    node: null,
  });
  return { baseline: of(live), candidate: of(candidate) };
}
