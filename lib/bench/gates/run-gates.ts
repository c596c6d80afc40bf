import { latestEndMs } from "#lib/evals/asking/pace/node-share.ts";
import { burstyTrace } from "#lib/lora-cache/bursty-trace.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { latestOfPool } from "#lib/requests/traffic/pool-requests-store.ts";
import { openPools, tenantsOf } from "#lib/testbed/open-pools.ts";
import { type Keep, withOpened } from "#lib/testbed/opened.ts";
import {
  countUnanswered,
  formatLatencies,
  latenciesOf,
  type Outcome,
  playOverHttp,
  type Send,
  throughGateway,
} from "#lib/testbed/play.ts";
import { ask, startModule } from "#lib/testbed/program.ts";
import { addTrustedKey, type ServingPool } from "#lib/testbed/serving-store.ts";
import type { Measured } from "../judge.ts";
import { quantileRatio } from "./bootstrap.ts";
import type { GateOrder, GateQuestion } from "./gate-child.ts";

const PAIRS = 10;
const CUSTOMERS = 40;
const FLEET = { nodes: 4, maxLoras: 12, maxCpuLoras: 48 };
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
  customers: Send;
  /** @returns what was answered so far */
  gates(question: "ask" | "rest"): Promise<number>;
  /** Mean time of an evaluation's request on its node, by the traces. */
  serviceMs(since: Date): Promise<number>;
};
type Arm = { outcomes: Outcome[]; tookMs: number; answered: number };
type Pair = { off: Arm; on: Arm };
type Log = (line: string) => void;

/**
 * Job `gates`: customers' p95 beside gates and without, in ten interleaved pairs of the same traces, through the real gateway
 * over simulated nodes. About eleven minutes, whatever `--runs` says.
 */
export const runGates = ({ log }: { log: Log }): Promise<Measured[]> =>
  withOpened(async (keep) => {
    const bench = await openBench(keep);
    const since = new Date();
    const pairs: Pair[] = [];
    // V8 compiles, customers' adapters find their nodes, and the nodes are known to have customers
    await playOverHttp(burstyTrace({ ...TRACE, seconds: 15, seed: 100 }), bench.customers);
    for (let seed = 1; seed <= PAIRS; seed += 1) {
      const first = await playArm(bench, seed, seed % 2 === 0);
      const second = await playArm(bench, seed, seed % 2 !== 0);
      const pair = seed % 2 === 0 ? { on: first, off: second } : { off: first, on: second };
      pairs.push(pair);
      const [off, on] = [pair.off, pair.on].map(({ outcomes }) => formatLatencies(outcomes));
      log(`pair ${seed}: ${off} without, ${on} beside ${pair.on.answered} answers`);
    }
    await new Promise((done) => setTimeout(done, STORED_MS));
    return report(pairs, await bench.serviceMs(since), log);
  });

async function playArm({ customers, gates }: Bench, seed: number, isOn: boolean): Promise<Arm> {
  const before = isOn ? await gates("ask") : 0;
  const startedAt = performance.now();
  const outcomes = await playOverHttp(burstyTrace({ ...TRACE, seed }), customers);
  const after = isOn ? await gates("rest") : 0;
  return { outcomes, tookMs: performance.now() - startedAt, answered: after - before };
}

function report(pairs: readonly Pair[], serviceMs: number, log: Log): Measured[] {
  const latencies = pairs.map(({ off, on }) => ({ off: latenciesOf(off.outcomes), on: latenciesOf(on.outcomes) }));
  const { ratio, lower, upper } = quantileRatio(latencies, 0.95, { seed: 1, resamples: 1_000 });
  const sum = (of: (pair: Pair, index: number) => number) => pairs.map(of).reduce((all, one) => all + one, 0);
  const answered = sum(({ on }) => on.answered);
  const tookMs = (sum(({ on }) => on.tookMs) * ANSWERS) / answered;
  const dueMs = latestEndMs({ answers: ANSWERS, serviceMs, nodes: FLEET.nodes });
  const [took, due] = [tookMs, dueMs].map((ms) => (ms / 1000).toFixed(0));
  log(`${answered} answers, ${serviceMs.toFixed(0)} ms each: a gate of ${ANSWERS} takes ${took} s, due after ${due} s`);
  const countOf = (arm: "off" | "on") => sum((_, index) => latencies[index]?.[arm].length ?? 0);
  return [
    // the middle one is the ratio, the others are its interval
    { metric: "p95_with_gates_over_without", ours: [lower, ratio, upper] },
    { metric: "requests_of_the_smaller_arm", ours: [Math.min(countOf("off"), countOf("on"))] },
    {
      metric: "unanswered",
      ours: pairs.flatMap(({ off, on }) => [off, on]).map((arm) => countUnanswered(arm.outcomes)),
    },
    { metric: "gate_over_its_deadline", ours: [tookMs / dueMs] },
  ];
}

/** Customers, and one tenant more with two versions: a gate's baseline and candidate. */
async function openBench(keep: Keep): Promise<Bench> {
  const tenants = [...tenantsOf(CUSTOMERS), { slug: "gated", versions: 2 }];
  const { db, port, pools } = await openPools(keep, FLEET, [{ slug: "pool", tenants }]);
  const [pool] = pools;
  if (!pool) throw new Error("a pool was asked for");
  const program = keep(await startModule(new URL("./gate-child.ts", import.meta.url), null), (open) => open.kill());
  const send = (question: GateQuestion) => ask<number>(program, question);
  const line = { url: `http://127.0.0.1:${port}`, apiKey: await addTrustedKey(db) };
  await send({ begin: { ...line, respondents: respondentsOf(pool), prompts: PROMPTS, most: PER_NODE * FLEET.nodes } });
  const serviceMs = async (from: Date) => {
    const asked = { poolId: pool.id, kind: "eval" as const, from, to: new Date() };
    const { meanServiceMs } = await db.read(platformScope, (tx) => latestOfPool(tx, asked));
    if (meanServiceMs === null) throw new Error("no evaluation was answered");
    return meanServiceMs;
  };
  return { customers: throughGateway(port, pool), gates: send, serviceMs };
}

function respondentsOf({ tenants }: ServingPool): GateOrder["respondents"] {
  const gated = tenants.find(({ slug }) => slug === "gated");
  const [live, candidate] = gated?.adapters[0]?.versions ?? [];
  if (!gated || !live || !candidate) throw new Error("nobody has two versions");
  const of = ({ id, loraName }: typeof live) => ({
    ...{ tenantId: gated.slug, model: "support", servedAs: loraName, versionId: id, node: null },
  });
  return { baseline: of(live), candidate: of(candidate) };
}
