import { describe, expect, it } from "vitest";
import { systemClock } from "#lib/platform/clock.ts";
import { scoreFailure } from "../scoring/score-stored.ts";
import type { NewSample, SampleKey } from "../stored-sample.ts";
import { planSamples } from "../verdict/plan-samples.ts";
import { type AskAll, askAll } from "./ask-all.ts";
import type { Failure } from "./ask-gateway.ts";
import { aimdPolicy } from "./pace/aimd.ts";
import { createTurns } from "./pace/turns.ts";

const keys = planSamples(
  Array.from({ length: 20 }, (_, index) => index + 1),
  [],
);
const sampleOf = (key: SampleKey, rawReply: string | null = "{}"): NewSample => ({
  ...key,
  ...scoreFailure("refused"),
  caseId: `case-${key.ordinal}`,
  seed: null,
  rawReply,
  nodeName: null,
  latencyMs: 1,
  attempts: 1,
});
const answer = { ok: true as const, text: "{}", reply: {}, nodeName: null };
const busy: Failure = { ok: false, message: "busy", isPassing: true, isBusy: true, isFinal: false, retryAfterMs: null };
const nameOf = ({ ordinal, side, mode }: SampleKey) => `${side}/${mode}/${ordinal}`;

function job(change: Partial<AskAll> = {}) {
  const saved: NewSample[] = [];
  const inFlight = { now: 0, most: 0 };
  const whole: AskAll = {
    keys,
    turns: createTurns(aimdPolicy(8), systemClock),
    adapterOf: ({ side }) => (side === "candidate" ? "candidate" : "baseline"),
    ask: async (key, { inTurn }) => {
      await inTurn(async () => {
        inFlight.now += 1;
        inFlight.most = Math.max(inFlight.most, inFlight.now);
        await new Promise((done) => setImmediate(done));
        inFlight.now -= 1;
        return answer;
      });
      return sampleOf(key);
    },
    save: async (samples) => {
      saved.push(...samples);
      return true;
    },
    directive: async () => ({ kind: "go_on", most: null }),
    clock: systemClock,
    signal: new AbortController().signal,
    ...change,
  };
  return { saved, inFlight, end: askAll(whole) };
}

/** An asker that never answers by itself. */
const hang = (_key: SampleKey, { signal }: { signal: AbortSignal }): Promise<NewSample> =>
  new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });

describe("askAll", () => {
  it("asks each key once, at most eight at a time, and saves every answer", async () => {
    const { saved, inFlight, end } = job();
    expect(await end).toEqual({ kind: "all_asked" });
    expect(saved.map(nameOf).sort()).toEqual(keys.map(nameOf).sort());
    expect(inFlight.most).toBe(8);
  });

  it("has nothing to do when nothing is missing", async () => {
    expect(await job({ keys: [], ask: hang }).end).toEqual({ kind: "all_asked" });
  });

  it("stops when a save says that nobody wants more", async () => {
    let saves = 0;
    const { end } = job({ save: async () => ++saves < 2 });
    expect(await end).toEqual({ kind: "unwanted" });
    expect(saves).toBe(2);
  });

  it("asks nothing of the next adapter before the last try of the one before has ended", async () => {
    const asked: string[] = [];
    const tried = new Set<string>();
    const { end } = job({
      ask: async (key, { inTurn }) => {
        const send = async () => {
          asked.push(key.side);
          await new Promise((done) => setImmediate(done));
          return tried.add(nameOf(key)) && tried.size % 7 === 0 ? busy : answer;
        };
        for (let tries = 0; tries < 3; tries += 1) await inTurn(send);
        return sampleOf(key);
      },
    });
    expect(await end).toEqual({ kind: "all_asked" });
    expect(asked.filter((side, at) => side !== asked[at - 1])).toEqual(["baseline", "candidate", "baseline_repeat"]);
    expect(asked).toHaveLength(3 * keys.length);
  });

  it("stops while every request hangs, once the run is not wanted any more", async () => {
    expect(await job({ ask: hang, directive: async () => ({ kind: "stop" }) }).end).toEqual({ kind: "unwanted" });
  });

  it("lets what is in flight be answered, and asks no more, once the run is to wait", async () => {
    let letAnswer = () => {};
    const answered = new Promise<void>((done) => {
      letAnswer = done;
    });
    const { saved, end } = job({
      ask: async (key, { inTurn }) => {
        await inTurn(() => answered.then(() => answer));
        return sampleOf(key);
      },
      directive: async () => {
        setImmediate(letAnswer);
        return { kind: "ask_no_more" };
      },
    });
    expect(await end).toEqual({ kind: "unwanted" });
    expect(saved.map(nameOf)).toEqual(keys.slice(0, 4).map(nameOf));
  });

  it("gives every turn back, however it ends", async () => {
    const turns = createTurns(aimdPolicy(8), systemClock);
    const failing = job({ turns, ask: () => Promise.reject(new Error("no such prompt")) });
    await expect(failing.end).rejects.toThrow("no such prompt");
    expect(await job({ turns }).end).toEqual({ kind: "all_asked" });
  });

  it("gives up after 16 failures to deliver in a row, and not for scattered ones", async () => {
    const failing = job({ ask: async (key) => sampleOf(key, null) });
    expect(await failing.end).toEqual({ kind: "in_vain", message: "refused" });
    expect(failing.saved.length).toBeGreaterThanOrEqual(16);
    expect(failing.saved.length).toBeLessThanOrEqual(32);
    const scattered = job({ ask: async (key) => sampleOf(key, key.ordinal % 4 === 0 ? "{}" : null) });
    expect(await scattered.end).toEqual({ kind: "all_asked" });
  });

  it("keeps what was answered and throws the reason when it is shut down", async () => {
    const shutDown = new AbortController();
    const { saved, end } = job({
      signal: shutDown.signal,
      ask: async (key, tries) => {
        if (key.ordinal < 6) return sampleOf(key);
        shutDown.abort(new Error("shutting down"));
        return hang(key, tries);
      },
    });
    await expect(end).rejects.toThrow("shutting down");
    expect(saved.length).toBeGreaterThanOrEqual(5);
  });

  it("throws what a save throws, with every slot ended", async () => {
    const { inFlight, end } = job({ save: () => Promise.reject(new Error("database away")) });
    await expect(end).rejects.toThrow("database away");
    expect(inFlight.now).toBe(0);
  });
});
