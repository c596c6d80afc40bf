import type { Respondent } from "#lib/evals/asking/ask-gateway.ts";
import { aimdPolicy } from "#lib/evals/asking/pace/aimd.ts";
import { createTurns } from "#lib/evals/asking/pace/turns.ts";
import { generateSuite } from "#lib/evals/suites/generator/generate-suite.ts";
import { planFirstTakes } from "#lib/evals/verdict/plan-samples.ts";
import { systemClock } from "#lib/platform/clock.ts";
import { createOutbound } from "#lib/platform/outbound.ts";
import { answerMessages } from "#lib/testbed/program.ts";
import { askSuite } from "../asking/ask-suite.ts";

export type GateOrder = {
  url: string;
  apiKey: string;
  /** A set does not pass between processes. */
  respondents: Record<"baseline" | "candidate", Omit<Respondent, "standaloneNames">>;
  /** Of each gate's suite. */
  prompts: number;
  /** Requests at a time, at most. */
  most: number;
};
/** `rest` comes back once nothing is in flight. Every answer says how many questions were answered so far. */
export type GateQuestion = { begin: GateOrder } | "ask" | "rest";

/** A worker's asking, gate after gate, in a process of its own; answers are scored and not kept. */
const REST_POLL_MS = 20;
let answered = 0;
let cap = 0;
let order: GateOrder | null = null;
let turns = createTurns(aimdPolicy(1), systemClock);

/** Each gate has prompts of its own, so that none is cached. */
async function askForEver({ url, apiKey, respondents, prompts }: GateOrder): Promise<void> {
  const line = { outbound: createOutbound(), url, apiKey, tenantHeader: "x-tenant-id", timeoutMs: 120_000 };
  const standaloneNames = new Set<string>();
  for (let number = 1; ; number += 1) {
    const suite = generateSuite({ seed: `gate-${number}`, count: prompts });
    const cases = suite.map((one) => ({ ...one, caseId: one.id }));
    await askSuite({
      ...{
        line,
        turns,
        cases,
        most: () => cap,
        keys: planFirstTakes(
          suite.map(({ ordinal }) => ordinal),
          [],
        ),
      },
      respondentOf: (side) => ({ ...respondents[side === "candidate" ? "candidate" : "baseline"], standaloneNames }),
      keep(samples) {
        answered += samples.filter(({ rawReply }) => rawReply !== null).length;
      },
    });
  }
}

function setCap(most: number): void {
  cap = most;
  turns.cap(most);
}

answerMessages(async (question: GateQuestion): Promise<number> => {
  if (question === "ask") setCap(order?.most ?? 0);
  else if (question === "rest") {
    setCap(0);
    while (turns.inFlight() > 0) await new Promise((done) => setTimeout(done, REST_POLL_MS));
  } else {
    order = question.begin;
    turns = createTurns(aimdPolicy(order.most), systemClock);
    setCap(0);
    void askForEver(order); // a failure ends this process, which whoever asks sees
  }
  return answered;
});
