import { askAll } from "#lib/evals/asking/ask-all.ts";
import { askGateway, type GatewayLine, promptText, type Respondent } from "#lib/evals/asking/ask-gateway.ts";
import { askSample } from "#lib/evals/asking/ask-sample.ts";
import { aimdPolicy } from "#lib/evals/asking/pace/aimd.ts";
import { createTurns, type Turns } from "#lib/evals/asking/pace/turns.ts";
import { samplingOf, seedAt } from "#lib/evals/conditions/sampling.ts";
import { scoreText } from "#lib/evals/scoring/score-stored.ts";
import type { NewSample, StoredCase } from "#lib/evals/stored-sample.ts";
import { planSamples } from "#lib/evals/verdict/plan-samples.ts";
import { systemClock } from "#lib/platform/clock.ts";
import { createOutbound } from "#lib/platform/outbound.ts";
import { type AskedSide, CONCURRENCY, SIDES, SIZE, suiteOf, tenantAt, versionOf } from "./plan.ts";
import type { ClientQuestion, ClientReply, RunFigures } from "./programs.ts";

/** The worker's part of a run, in a process of its own: asks, scores and hands over in batches; what is kept stays in memory. */
type Suite = { tenant: string; cases: readonly (StoredCase & { prompt: string })[] };

/** Scaled like the latencies. */
const PATIENCE = { triesMax: 3, waitMs: 3_000, firstDelayMs: 12, longestDelayMs: 250 };

const suites: Suite[] = Array.from({ length: SIZE.tenants }, (_, index) => {
  const tenant = tenantAt(index);
  return { tenant, cases: suiteOf(tenant).map((one) => ({ ...one, prompt: promptText(one) })) };
});

async function run(url: string, tenants: number): Promise<RunFigures> {
  const outbound = createOutbound();
  const line = { outbound, url, apiKey: "bench", tenantHeader: "x-tenant-id", timeoutMs: 10_000 };
  const turns = createTurns(aimdPolicy(CONCURRENCY), systemClock);
  const kept: { sample: NewSample; suite: Suite }[] = [];
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  for (const suite of suites.slice(0, tenants))
    await gate(line, turns, suite, (samples) => kept.push(...samples.map((sample) => ({ sample, suite }))));
  const makespanMs = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(cpu);
  await outbound.close();
  return {
    makespanMs,
    cpuMs: (user + system) / 1_000,
    scoringMs: scoreAgain(kept),
    answered: kept.filter(({ sample }) => sample.status !== "invalid").length,
  };
}

/** One tenant's questions, as the worker asks them. */
async function gate(
  line: GatewayLine,
  turns: Turns,
  { tenant, cases }: Suite,
  keep: (samples: readonly NewSample[]) => void,
): Promise<void> {
  const sampling = samplingOf("0123456789abcdef");
  const respondents = new Map<string, Respondent>(SIDES.map((side) => [side, respondentOf(tenant, side)]));
  const ordinals = cases.map(({ ordinal }) => ordinal);
  const end = await askAll({
    keys: planSamples(ordinals, []).filter(({ side, take }) => respondents.has(side) && take === 1),
    turns,
    adapterOf: ({ side }) => side,
    clock: systemClock,
    signal: new AbortController().signal,
    directive: async () => ({ kind: "go_on", most: null }),
    async ask(key, { inTurn, signal }) {
      const evalCase = cases[key.ordinal - 1];
      const respondent = respondents.get(key.side);
      if (!evalCase || !respondent) throw new Error("nobody planned this question");
      const { prompt } = evalCase;
      const seed = seedAt(sampling[key.mode], key);
      const ask = () => askGateway(line, respondent, { prompt, sampling: sampling[key.mode], seed }, signal);
      const options = { inTurn, clock: systemClock, signal, timeouts: PATIENCE };
      return askSample(ask, { key, seed, evalCase }, options);
    },
    async save(samples) {
      keep(samples);
      return true;
    },
  });
  if (end.kind !== "all_asked") throw new Error(`${tenant}'s gate ended ${end.kind}`);
}

const respondentOf = (tenant: string, side: AskedSide): Respondent => ({
  tenantId: tenant,
  model: "support",
  versionId: versionOf(tenant, side),
  servedAs: `${tenant}--support--${side}`,
  node: null,
  standaloneNames: new Set(),
});

/** CPU time that scoring takes: every answer once as it comes and once for the verdict, measured by doing it again. */
function scoreAgain(kept: readonly { sample: NewSample; suite: Suite }[]): number {
  const cpu = process.cpuUsage();
  for (const { sample, suite } of kept) {
    const stored = suite.cases[sample.ordinal - 1];
    if (sample.rawReply !== null && stored) scoreText(sample.rawReply, stored);
  }
  const { user, system } = process.cpuUsage(cpu);
  return (2 * (user + system)) / 1_000;
}

process.on("message", ({ url, tenants }: ClientQuestion) => {
  run(url, tenants).then(
    (figures) => process.send?.({ figures } satisfies ClientReply),
    (error) => process.send?.({ error: String(error) } satisfies ClientReply),
  );
});
process.once("disconnect", () => process.exit(0));
