import { describe, expect, it } from "vitest";
import { manualClock } from "#lib/platform/clock.ts";
import type { EvalCase } from "../eval-case.ts";
import { answerFor } from "../suites/generator/answer-for.ts";
import { generateSuite } from "../suites/generator/generate-suite.ts";
import type { Failure, GatewayAnswer } from "./ask-gateway.ts";
import { askSample, defaultTimeouts } from "./ask-sample.ts";

const evalCase = { ...(generateSuite({ seed: "acme", count: 1 })[0] as EvalCase), caseId: "cas_1" };
const key = { ordinal: 1, side: "candidate", mode: "sampled", take: 3 } as const;

const replyWith = (finishReason: string): GatewayAnswer => {
  const { content, tool_calls } = answerFor(evalCase);
  const message = { role: "assistant", content, tool_calls };
  const reply = { choices: [{ message, finish_reason: finishReason }] };
  return { ok: true, text: JSON.stringify(reply), reply, nodeName: "node-1" };
};
const right = replyWith("tool_calls");
const cutOff = replyWith("length");
const failure = (extra: Partial<Failure> = {}): Failure => ({
  ok: false,
  message: "status 503: no node",
  isPassing: true,
  isBusy: true,
  isFinal: false,
  retryAfterMs: null,
  ...extra,
});

/** Answers from a list, the last one for ever; sleeping moves the clock at once. */
function ask(answers: readonly GatewayAnswer[]) {
  const clock = manualClock(new Date("2026-11-24T12:00:00Z"));
  const slept: number[] = [];
  let asked = 0;
  const sleep = async (ms: number) => {
    slept.push(ms);
    clock.advance(ms);
  };
  const next = async () => answers[Math.min(asked++, answers.length - 1)] ?? right;
  const signal = new AbortController().signal;
  /** A turn is waited for, for a minute each time. */
  const inTurn = (send: () => Promise<GatewayAnswer>) => {
    clock.advance(60_000);
    return send();
  };
  const own = { ...clock, sleep };
  const result = askSample(next, { key, seed: 7, evalCase }, { inTurn, clock: own, signal, timeouts: defaultTimeouts });
  return result.then((sample) => ({ sample, slept, asked }));
}

describe("askSample", () => {
  it("takes the first valid answer, right or wrong", async () => {
    const { sample, asked } = await ask([right]);
    expect(asked).toBe(1);
    expect(sample).toMatchObject({ ...key, caseId: "cas_1", seed: 7, finishReason: "tool_calls" });
    expect(sample).toMatchObject({ status: "pass", kind: "match", attempts: 1, nodeName: "node-1" });
    expect(sample.rawReply).toContain("choices");
  });

  it("asks again twice for what is invalid, then keeps it as that", async () => {
    const twice = await ask([cutOff, cutOff, right]);
    expect(twice.sample).toMatchObject({ status: "pass", attempts: 3 });
    const thrice = await ask([cutOff]);
    expect(thrice).toMatchObject({ asked: 3, sample: { status: "invalid", kind: "truncated", attempts: 3 } });
  });

  it("keeps no reply of a failure", async () => {
    const { sample } = await ask([failure({ message: "status 400: too long", isPassing: false })]);
    expect(sample).toMatchObject({
      status: "invalid",
      kind: "transport",
      attempts: 3,
      rawReply: null,
      latencyMs: null,
    });
    expect(sample.detail.message).toBe("status 400: too long");
  });

  it("waits a minute for a gateway that is busy or away, longer each time", async () => {
    const { sample, slept } = await ask([failure()]);
    expect(slept.slice(0, 6)).toEqual([250, 500, 1000, 2000, 4000, 5000]);
    const waited = slept.reduce((sum, ms) => sum + ms, 0);
    expect(waited).toBeGreaterThanOrEqual(60_000);
    expect(waited).toBeLessThan(66_000);
    expect(sample.status).toBe("invalid");
    const back = await ask([...Array<Failure>(8).fill(failure()), right]);
    expect(back.sample).toMatchObject({ status: "pass", attempts: 9 });
  });

  it("counts the wait for a turn neither as latency nor against its timeouts", async () => {
    const { sample } = await ask([...Array<Failure>(10).fill(failure({ retryAfterMs: 30_000 })), right]);
    expect(sample).toMatchObject({ status: "pass", attempts: 11, latencyMs: 0 });
  });
});
