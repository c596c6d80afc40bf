import type { Clock } from "#lib/platform/clock.ts";
import { scoreFailure, scoreParsed } from "../scoring/score-stored.ts";
import type { NewSample, SampleKey, StoredCase } from "../stored-sample.ts";
import type { GatewayAnswer } from "./ask-gateway.ts";
import type { InTurn } from "./pace/tries.ts";

export type Timeouts = {
  /** A sample that is invalid this often stays so. */
  triesMax: number;
  /** How long a gateway that is busy or away is waited for, beyond the tries: asking, and pausing of our own accord. */
  waitMs: number;
  firstDelayMs: number;
  longestDelayMs: number;
};
export const defaultTimeouts: Timeouts = {
  triesMax: 3,
  waitMs: 60_000,
  firstDelayMs: 250,
  longestDelayMs: 5_000,
};

/** One prompt, and how it is asked. */
export type Asked = { key: SampleKey; seed: number | null; evalCase: StoredCase };

/**
 * Asks until there is a valid answer, at most three times, longer only while the gateway is busy or away. What is invalid
 * to the end (cut off, not delivered, not from the version asked) is kept as that and never as an answer. Waiting for a
 * turn, which includes what the server orders, is neither latency nor impatience.
 * @throws the signal's reason when it aborts
 */
export async function askSample(
  ask: () => Promise<GatewayAnswer>,
  asked: Asked,
  options: { inTurn: InTurn; clock: Clock; signal: AbortSignal; timeouts: Timeouts },
): Promise<NewSample> {
  const { inTurn, clock, signal, timeouts } = options;
  let waitedMs = 0;
  for (let tries = 1; ; tries += 1) {
    let latencyMs = 0;
    const answer = await inTurn(async () => {
      const askedAt = clock.now().getTime();
      const answered = await ask();
      latencyMs = clock.now().getTime() - askedAt;
      return answered;
    });
    const result = toSample(asked, answer, latencyMs, tries);
    if (result.status !== "invalid") return result;
    waitedMs += latencyMs;
    const isWaiting = !answer.ok && answer.isPassing && waitedMs < timeouts.waitMs;
    if (tries >= timeouts.triesMax && !isWaiting) return result;
    if (!answer.ok && answer.isFinal) return result;
    if (answer.ok) continue;
    const pauseMs = Math.min(timeouts.longestDelayMs, timeouts.firstDelayMs * 2 ** Math.min(tries - 1, 10));
    await clock.sleep(pauseMs, signal);
    waitedMs += pauseMs;
  }
}

/** Written out: spread into one another, each would get a hidden class of its own, a seventh of the CPU of a call. */
function toSample(asked: Asked, answer: GatewayAnswer, latencyMs: number, attempts: number): NewSample {
  const { key, seed, evalCase } = asked;
  const score = answer.ok ? scoreParsed(answer.reply, evalCase) : scoreFailure(answer.message);
  return {
    ordinal: key.ordinal,
    side: key.side,
    mode: key.mode,
    take: key.take,
    caseId: evalCase.caseId,
    seed,
    status: score.status,
    kind: score.kind,
    detail: score.detail,
    finishReason: score.finishReason,
    rawReply: answer.ok ? answer.text : null,
    nodeName: answer.ok ? answer.nodeName : null,
    latencyMs: answer.ok ? latencyMs : null,
    attempts,
  };
}
