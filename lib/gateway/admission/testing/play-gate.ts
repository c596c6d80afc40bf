import { type Arrival, seededChance } from "#lib/lora-cache/bursty-trace.ts";
import { Admission } from "../admission.ts";
import type { Place } from "../ask.ts";
import { EngineModel } from "./engine-model.ts";
import { type Fleet, POOL, quantile } from "./play-trace.ts";
import { VirtualClock } from "./virtual-clock.ts";

/** Tokens of a generated suite's prompts, by category (the tiny vocabulary of the simulated nodes). */
const PROMPT_TOKENS = [
  1064, 2434, 1193, 1192, 868, 1239, 1065, 909, 906, 620, 742, 870, 735, 678, 6452, 1219, 1211, 1251,
];
const PROMPTS = 200;
const TAKES = 6;
const SIDES = ["baseline", "candidate", "baseline"];
/** Answers that a gate of 200 prompts asks for at first. */
const GATE_ANSWERS = SIDES.length * PROMPTS * TAKES;
/** What a worker has in flight at most. */
const IN_FLIGHT = 32;

export type PlayedGate = {
  customers: { count: number; p95Ms: number };
  answers: number;
  /** null = it had not ended when the trace did. */
  tookMs: number | null;
  /** Mean time of an evaluation's request on its node. */
  serviceMs: number;
};
type Job = { name: string; tenantId: string; isEval: boolean; promptTokens: number; outputTokens: number };

/** Customers' trace over a fleet in virtual time and, after `gateAtMs`, one gate beside it; null = without a gate. */
export function playGate(trace: readonly Arrival[], fleet: Fleet, gateAtMs: number | null): PlayedGate {
  const world = gateWorld(trace, fleet);
  const { clock } = world;
  const latencies: number[] = [];
  const gate = createGate(world);
  let hasBegun = gateAtMs === null;
  for (const arrival of trace) {
    if (!hasBegun && gateAtMs !== null && arrival.atMs >= gateAtMs) {
      clock.advanceTo(gateAtMs);
      gate.begin();
      hasBegun = true;
    }
    clock.advanceTo(arrival.atMs);
    const name = nameOf(arrival.tenant);
    world.send({ ...arrival, name, tenantId: name, isEval: false }, () => latencies.push(clock.now() - arrival.atMs));
  }
  // what the gate does after the last customer is not of interest
  const { answers, endedAt, serviceMs } = gate.report();
  return {
    customers: { count: latencies.length, p95Ms: quantile(latencies, 0.95) },
    answers,
    tookMs: endedAt === null ? null : endedAt - (gateAtMs ?? 0),
    serviceMs,
  };
}

type World = {
  clock: VirtualClock;
  /** Sends a request through admission to its node. @param done with the time that it was on the node */
  send(job: Job, done: (serviceMs: number) => void): void;
};

function gateWorld(trace: readonly Arrival[], fleet: Fleet): World {
  const clock = new VirtualClock();
  const loaded = [...new Set([...SIDES, ...trace.map(({ tenant }) => nameOf(tenant))])];
  const nodes = Array.from({ length: fleet.nodes }, (_, at) => `node-${at}`);
  const engines = new Map(nodes.map((nodeId) => [nodeId, new EngineModel(clock, fleet, loaded)]));
  const prefixes = new Set<string>();
  const admission = new Admission(clock);
  admission.configure(
    nodes.map((nodeId) => ({ nodeId, poolId: POOL.poolId, epoch: 1, ...fleet })),
    [POOL],
  );
  const run = (job: Job, place: Place, done: (serviceMs: number) => void) => {
    const sentAt = clock.now();
    const prefix = `${place.nodeId}/${job.name}/${job.promptTokens}`;
    const isCached = job.isEval && prefixes.has(prefix);
    prefixes.add(prefix);
    engines.get(place.nodeId)?.submit({
      ...job,
      // the blocks of a prompt that was asked before are there; its last block is computed again
      promptTokens: isCached ? 16 : job.promptTokens,
      done() {
        place.release();
        done(clock.now() - sentAt);
      },
    });
  };
  return {
    clock,
    send(job, done) {
      const ask = {
        tenantId: job.tenantId,
        weight: 1,
        priority: job.isEval ? ("background" as const) : ("user" as const),
        poolId: POOL.poolId,
        name: job.name,
        nodes,
        tokens: job.promptTokens + job.outputTokens,
        maxWaitMs: 3_600_000,
        refresh: () => nodes,
      };
      admission.enter(ask, (result) => {
        if ("nodeId" in result) run(job, result, done);
      });
    },
  };
}

/** Asks one answer after the other, as many at a time as a worker does, adapter by adapter. */
function createGate({ clock, send }: World) {
  const chance = seededChance(5);
  const outputs = Array.from({ length: PROMPTS }, () => Math.round(20 + 8 * 10 ** (1.4 * chance())));
  let [next, answers, serviceSum] = [0, 0, 0];
  let endedAt: number | null = null;
  const askNext = (): void => {
    if (next >= GATE_ANSWERS) return;
    const ordinal = next % PROMPTS;
    const name = SIDES[Math.floor(next / (PROMPTS * TAKES))] ?? "";
    // prompts of one category differ in their last words: no two are the same length
    const promptTokens = (PROMPT_TOKENS[ordinal % PROMPT_TOKENS.length] ?? 0) + Math.floor(ordinal / 18);
    next += 1;
    send({ name, tenantId: "gated", isEval: true, promptTokens, outputTokens: outputs[ordinal] ?? 0 }, (serviceMs) => {
      answers += 1;
      serviceSum += serviceMs;
      if (answers === GATE_ANSWERS) endedAt = clock.now();
      askNext();
    });
  };
  return {
    begin() {
      for (let at = 0; at < IN_FLIGHT; at += 1) askNext();
    },
    report: () => ({ answers, endedAt, serviceMs: serviceSum / Math.max(1, answers) }),
  };
}

const nameOf = (tenant: number) => `tenant-${tenant}`;
