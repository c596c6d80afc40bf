import { askAll } from "#lib/evals/asking/ask-all.ts";
import { askGateway, type GatewayLine, promptText, type Respondent } from "#lib/evals/asking/ask-gateway.ts";
import { askSample, defaultTimeouts } from "#lib/evals/asking/ask-sample.ts";
import type { Turns } from "#lib/evals/asking/pace/turns.ts";
import { samplingOf, seedAt } from "#lib/evals/conditions/sampling.ts";
import type { NewSample, StoredCase } from "#lib/evals/stored-sample.ts";
import type { planSamples } from "#lib/evals/verdict/plan-samples.ts";
import { systemClock } from "#lib/platform/clock.ts";

type SampleKey = ReturnType<typeof planSamples>[number];

export type SuiteAsking = {
  line: GatewayLine;
  turns: Turns;
  cases: readonly StoredCase[];
  keys: readonly SampleKey[];
  respondentOf(side: SampleKey["side"]): Respondent;
  /** Requests at a time, as of now; null = as many as there are turns. */
  most(): number | null;
  timeouts?: typeof defaultTimeouts;
  keep(samples: readonly NewSample[]): void;
};

/** Asks a suite's questions as a worker does. What is answered is scored, and handed over instead of stored. */
export async function askSuite({ line, turns, cases, respondentOf, ...asking }: SuiteAsking): Promise<void> {
  const sampling = samplingOf("0123456789abcdef");
  const prompts = cases.map(promptText);
  const end = await askAll({
    ...{ keys: [...asking.keys], turns, clock: systemClock, signal: new AbortController().signal },
    adapterOf: ({ side }) => respondentOf(side).servedAs,
    directive: async () => ({ kind: "go_on", most: asking.most() }),
    async ask(key, { inTurn, signal }) {
      const [evalCase, prompt] = [cases[key.ordinal - 1], prompts[key.ordinal - 1]];
      if (evalCase === undefined || prompt === undefined) throw new Error("nobody planned this question");
      const seed = seedAt(sampling[key.mode], key);
      const question = { prompt, sampling: sampling[key.mode], seed };
      const ask = () => askGateway(line, respondentOf(key.side), question, signal);
      const { timeouts = defaultTimeouts } = asking;
      return askSample(ask, { key, seed, evalCase }, { inTurn, clock: systemClock, signal, timeouts });
    },
    async save(samples) {
      asking.keep(samples);
      return true;
    },
  });
  if (end.kind !== "all_asked") throw new Error(`the asking ended ${end.kind}`);
}
