import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatReset, type LimitHold, type LimitRefusal, RateLimits } from "./limits.ts";

const NONE = { maxConcurrent: null, requestsPerMinute: null, tokensPerMinute: null, tokensPerRequest: null };
const isHold = (result: LimitHold | LimitRefusal): result is LimitHold => "end" in result;
const out = (result: LimitHold | LimitRefusal) =>
  isHold(result) ? "ok" : `${result.reason} ${result.retryAfterSeconds}`;

function bookAt() {
  const time = { ms: 0 };
  const book = new RateLimits(() => time.ms);
  const enter = (limits: object, tokens = 1, tenant = "a") => book.enter(tenant, { ...NONE, ...limits }, tokens);
  return { book, time, enter };
}

describe("limits of a tenant", () => {
  it("refuses nothing without limits, and tells none", () => {
    const { book, enter } = bookAt();
    for (let count = 0; count < 1_000; count += 1) expect(out(enter({}, 1e9))).toBe("ok");
    expect(book.headers("a", NONE)).toEqual({});
  });

  it("lets so many run at once, and another when one ends", () => {
    const { enter } = bookAt();
    const first = enter({ maxConcurrent: 2 });
    enter({ maxConcurrent: 2 });
    expect(out(enter({ maxConcurrent: 2 }))).toBe("concurrency 1");
    if (isHold(first)) {
      first.end(null);
      first.end(null);
    }
    expect([out(enter({ maxConcurrent: 2 })), out(enter({ maxConcurrent: 2 }))]).toEqual(["ok", "concurrency 1"]);
  });

  it("fills the requests of a minute continuously", () => {
    const { time, enter } = bookAt();
    const limits = { requestsPerMinute: 60 };
    for (let count = 0; count < 60; count += 1) expect(out(enter(limits))).toBe("ok");
    expect(out(enter(limits))).toBe("requests_per_minute 1");
    time.ms += 1_000;
    expect([out(enter(limits)), out(enter(limits))]).toEqual(["ok", "requests_per_minute 1"]);
  });

  it("charges tokens by estimate and settles with what it was", () => {
    const { book, time, enter } = bookAt();
    const limits = { ...NONE, tokensPerMinute: 1_000 };
    const first = enter(limits, 900);
    expect(out(enter(limits, 400))).toBe("tokens_per_minute 18");
    expect(book.headers("a", limits)["x-ratelimit-remaining-tokens"]).toBe("100");
    if (isHold(first)) first.end(300);
    expect(book.headers("a", limits)["x-ratelimit-remaining-tokens"]).toBe("700");
    expect(out(enter(limits, 400))).toBe("ok");
    time.ms += 60_000;
    expect(book.headers("a", limits)["x-ratelimit-remaining-tokens"]).toBe("1000");
  });

  it("goes into debt for what was estimated too low", () => {
    const { time, enter } = bookAt();
    const limits = { tokensPerMinute: 600 };
    const first = enter(limits, 100);
    if (isHold(first)) first.end(1_200);
    expect(out(enter(limits, 60))).toBe("tokens_per_minute 66");
    time.ms += 66_000;
    expect(out(enter(limits, 60))).toBe("ok");
  });

  it("charges nothing for a request that reached no node", () => {
    const { book, enter } = bookAt();
    const limits = { ...NONE, maxConcurrent: 1, requestsPerMinute: 10, tokensPerMinute: 100 };
    const first = enter(limits, 60);
    if (isHold(first)) first.undo();
    expect(book.headers("a", limits)).toMatchObject({
      "x-ratelimit-remaining-requests": "10",
      "x-ratelimit-remaining-tokens": "100",
    });
    expect(out(enter(limits, 60))).toBe("ok");
  });

  it("says of a request larger than the whole limit that it is", () => {
    const { enter } = bookAt();
    expect(out(enter({ tokensPerMinute: 100 }, 101))).toBe("too_large 60");
    expect(out(enter({ tokensPerRequest: 50 }, 51))).toBe("too_large 60");
    expect(out(enter({ tokensPerRequest: 50, tokensPerMinute: 100 }, 50))).toBe("ok");
  });

  it("keeps its part of the limit when several gateways run; a large request then waits for a full bucket", () => {
    const { book, time, enter } = bookAt();
    const limits = { ...NONE, maxConcurrent: 4, requestsPerMinute: 100, tokensPerMinute: 1_000 };
    book.setInstances(2);
    expect(book.headers("a", limits)).toMatchObject({
      "x-ratelimit-limit-requests": "50",
      "x-ratelimit-limit-tokens": "500",
    });
    expect(out(enter(limits, 800))).toBe("ok");
    expect(out(enter(limits, 100))).toBe("tokens_per_minute 48");
    time.ms += 48_000;
    expect(out(enter(limits, 100))).toBe("ok");
    expect(out(enter(limits, 0))).toBe("concurrency 1");
  });

  it("keeps tenants apart", () => {
    const { enter } = bookAt();
    enter({ requestsPerMinute: 1 });
    expect(out(enter({ requestsPerMinute: 1 }))).toBe("requests_per_minute 60");
    expect(out(enter({ requestsPerMinute: 1 }, 1, "b"))).toBe("ok");
  });

  it("does not charge for what it refuses", () => {
    const { book, enter } = bookAt();
    const limits = { ...NONE, requestsPerMinute: 10, tokensPerMinute: 100 };
    enter(limits, 60);
    enter(limits, 60);
    expect(book.headers("a", limits)["x-ratelimit-remaining-requests"]).toBe("9");
  });

  it("never lets more through than the limit and what a full bucket held, in any window", () => {
    const wait = fc.integer({ min: 0, max: 5_000 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.array(wait, { maxLength: 300 }), (perMinute, waits) => {
        const { time, enter } = bookAt();
        const passed: number[] = [];
        for (const ms of waits) {
          time.ms += ms;
          if (out(enter({ requestsPerMinute: perMinute })) === "ok") passed.push(time.ms);
        }
        for (const from of passed) {
          const within = passed.filter((at) => at >= from && at < from + 60_000).length;
          expect(within).toBeLessThanOrEqual(2 * perMinute);
        }
      }),
      { numRuns: 100 },
    );
  });

  it("keeps its promise: after the time it named, the same request passes", () => {
    const tokens = fc.integer({ min: 1, max: 500 });
    fc.assert(
      fc.property(tokens, fc.array(tokens, { minLength: 1, maxLength: 30 }), (limit, estimates) => {
        const { time, enter } = bookAt();
        for (const estimate of estimates) {
          const result = enter({ tokensPerMinute: limit, requestsPerMinute: 30 }, estimate);
          if (isHold(result) || result.reason === "too_large") continue;
          time.ms += result.retryAfterSeconds * 1000;
          const again = enter({ tokensPerMinute: limit, requestsPerMinute: 30 }, estimate);
          // the other of the two limits may still ask for more patience
          if (!isHold(again)) expect(again.reason).not.toBe(result.reason);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe("the form of a reset", () => {
  it.each([
    [0, "0s"],
    [19.2, "20ms"],
    [1_000, "1s"],
    [8_640, "8.64s"],
    [59_999, "1m0s"],
    [60_000, "1m0s"],
    [360_000, "6m0s"],
    [61_500, "1m1.5s"],
  ])("%d ms is %s", (ms, text) => {
    expect(formatReset(ms)).toBe(text);
  });
});
