import { aimdPolicy } from "#lib/evals/asking/pace/aimd.ts";
import { createTurns } from "#lib/evals/asking/pace/turns.ts";
import { scoreText } from "#lib/evals/scoring/score-stored.ts";
import type { NewSample, StoredCase } from "#lib/evals/stored-sample.ts";
import { planSamples } from "#lib/evals/verdict/plan-samples.ts";
import { systemClock } from "#lib/platform/clock.ts";
import { createOutbound } from "#lib/platform/outbound.ts";
import { answerMessages } from "#lib/testbed/program.ts";
import { askSuite } from "../asking/ask-suite.ts";
import { CONCURRENCY, SIDES, SIZE, suiteOf, tenantAt, versionOf } from "./plan.ts";

/** The first `tenants` tenants' questions, to the mock at `url`. */
export type ClientQuestion = { url: string; tenants: number };
export type RunMetrics = {
  /** From the first question to the last answer kept. */
  makespanMs: number;
  /** Of the whole process, for as long. */
  cpuMs: number;
  scoringMs: number;
  /** Prompts with a valid answer. */
  answered: number;
};

/** Scaled like the latencies. */
const RETRIES = { triesMax: 3, waitMs: 3_000, firstDelayMs: 12, longestDelayMs: 250 };

type Kept = { sample: NewSample; evalCase: StoredCase | undefined };

const suites = Array.from({ length: SIZE.tenants }, (_, index) => tenantAt(index)).map((tenant) => {
  return { tenant, cases: suiteOf(tenant) };
});

/** The worker's part of a run, in a process of its own: asks, scores and hands over in batches; what is kept stays in memory. */
answerMessages(async ({ url, tenants }: ClientQuestion): Promise<RunMetrics> => {
  const outbound = createOutbound();
  const line = { outbound, url, apiKey: "bench", tenantHeader: "x-tenant-id", timeoutMs: 10_000 };
  const turns = createTurns(aimdPolicy(CONCURRENCY), systemClock);
  const kept: Kept[] = [];
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  for (const { tenant, cases } of suites.slice(0, tenants)) {
    const planned = planSamples(
      cases.map(({ ordinal }) => ordinal),
      [],
    );
    const respondents = new Map<string, ReturnType<typeof respondentOf>>();
    for (const side of SIDES) respondents.set(side, respondentOf(tenant, side));
    await askSuite({
      ...{ line, turns, cases, most: () => null, timeouts: RETRIES },
      keys: planned.filter(({ side, take }) => respondents.has(side) && take === 1),
      respondentOf: (side) => respondents.get(side) ?? respondentOf(tenant, "baseline"),
      keep: (samples) => void kept.push(...samples.map((sample) => ({ sample, evalCase: cases[sample.ordinal - 1] }))),
    });
  }
  const makespanMs = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(cpu);
  await outbound.close();
  const answered = kept.filter(({ sample }) => sample.status !== "invalid").length;
  return { makespanMs, cpuMs: (user + system) / 1_000, scoringMs: scoreAgain(kept), answered };
});

const respondentOf = (tenant: string, side: (typeof SIDES)[number]) => ({
  ...{
    tenantId: tenant,
    model: "support",
    versionId: versionOf(tenant, side),
    servedAs: `${tenant}--support--${side}`,
  },
  ...{ node: null, standaloneNames: new Set<string>() },
});

/** CPU time that scoring takes: every answer once as it comes and once for the verdict, measured by doing it again. */
function scoreAgain(kept: readonly Kept[]): number {
  const cpu = process.cpuUsage();
  for (const { sample, evalCase } of kept)
    if (sample.rawReply !== null && evalCase) scoreText(sample.rawReply, evalCase);
  const { user, system } = process.cpuUsage(cpu);
  return (2 * (user + system)) / 1_000;
}
