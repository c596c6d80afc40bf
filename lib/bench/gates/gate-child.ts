import { askAll } from "#lib/evals/asking/ask-all.ts";
import { askGateway, type GatewayLine, promptText, type Respondent } from "#lib/evals/asking/ask-gateway.ts";
import { askSample, defaultTimeouts } from "#lib/evals/asking/ask-sample.ts";
import { aimdPolicy } from "#lib/evals/asking/pace/aimd.ts";
import { createTurns, type Turns } from "#lib/evals/asking/pace/turns.ts";
import { samplingOf, seedAt } from "#lib/evals/conditions/sampling.ts";
import type { SampleSide } from "#lib/evals/schema.ts";
import type { NewSample } from "#lib/evals/stored-sample.ts";
import { generateSuite } from "#lib/evals/suites/generator/generate-suite.ts";
import { planFirstTakes } from "#lib/evals/verdict/plan-samples.ts";
import { systemClock } from "#lib/platform/clock.ts";
import { createOutbound } from "#lib/platform/outbound.ts";
import type { GateOrder, GateQuestion, GateReply } from "./gate-program.ts";

/** A worker's asking, gate after gate, in a process of its own; answers are scored and not kept. */
const REST_LOOK_MS = 20;

type Asking = {
  line: GatewayLine;
  turns: Turns;
  /** Requests at a time, as of now. */
  most(): number;
  onAnswers(samples: readonly NewSample[]): void;
};

function createGates(order: GateOrder) {
  const { url, apiKey, most } = order;
  const turns = createTurns(aimdPolicy(most), systemClock);
  let cap = 0;
  turns.cap(cap);
  const counts = { answered: 0, invalid: 0 };
  const asking: Asking = {
    line: { outbound: createOutbound(), url, apiKey, tenantHeader: "x-tenant-id", timeoutMs: 120_000 },
    turns,
    most: () => cap,
    onAnswers(samples) {
      const answered = samples.filter(({ rawReply }) => rawReply !== null).length;
      counts.answered += answered;
      counts.invalid += samples.length - answered;
    },
  };
  const askForEver = async () => {
    for (let number = 1; ; number += 1) await askGate(asking, order, number);
  };
  askForEver().catch((error) => process.send?.({ error: String(error) } satisfies GateReply));
  return {
    ask() {
      cap = most;
      turns.cap(cap);
    },
    async rest() {
      cap = 0;
      turns.cap(cap);
      while (turns.inFlight() > 0) await new Promise((done) => setTimeout(done, REST_LOOK_MS));
    },
    counts,
  };
}

/** One gate's first takes, as the worker asks them; each gate has prompts of its own, so that none is cached. */
async function askGate({ line, turns, most, onAnswers }: Asking, order: GateOrder, number: number): Promise<void> {
  const cases = generateSuite({ seed: `gate-${number}`, count: order.prompts });
  const sampling = samplingOf("0123456789abcdef");
  const respondentOf = (side: SampleSide): Respondent => ({
    ...order.respondents[side === "candidate" ? "candidate" : "baseline"],
    standaloneNames: new Set(),
  });
  const ordinals = cases.map(({ ordinal }) => ordinal);
  await askAll({
    keys: planFirstTakes(ordinals, []),
    turns,
    adapterOf: ({ side }) => respondentOf(side).servedAs,
    clock: systemClock,
    signal: new AbortController().signal,
    directive: async () => ({ kind: "go_on", most: most() }),
    async ask(key, { inTurn, signal }) {
      const found = cases[key.ordinal - 1];
      if (!found) throw new Error("nobody planned this question");
      const evalCase = { ...found, caseId: found.id };
      const seed = seedAt(sampling[key.mode], key);
      const question = { prompt: promptText(evalCase), sampling: sampling[key.mode], seed };
      const ask = () => askGateway(line, respondentOf(key.side), question, signal);
      const options = { inTurn, clock: systemClock, signal, timeouts: defaultTimeouts };
      return askSample(ask, { key, seed, evalCase }, options);
    },
    async save(samples) {
      onAnswers(samples);
      return true;
    },
  });
}

let gates: ReturnType<typeof createGates> | null = null;
async function carryOut(question: GateQuestion): Promise<GateReply> {
  if (question.kind === "begin") gates = createGates(question.order);
  if (question.kind === "ask") gates?.ask();
  if (question.kind === "rest") await gates?.rest();
  return { answered: gates?.counts.answered ?? 0, invalid: gates?.counts.invalid ?? 0 };
}

process.on("message", (question: GateQuestion) => {
  carryOut(question).then(
    (reply) => process.send?.(reply),
    (error) => process.send?.({ error: String(error) } satisfies GateReply),
  );
});
process.once("disconnect", () => process.exit(0));
