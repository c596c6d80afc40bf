import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OBJECTIVE_KINDS } from "../browser/objective-kinds.ts";
import { goalOf, outcomeText, promiseText, targetFault } from "./objective-words.ts";

describe("the words of a promise", () => {
  it("name how many of how many, and what is good", () => {
    expect(promiseText("latency_p95", 1_200)).toBe("95 of 100 replies within 1.2 s");
    expect(promiseText("ttft_p95", 400)).toBe("95 of 100 streamed replies begin within 400 ms");
    expect(promiseText("availability", 0.999)).toBe("999 of 1000 requests answered");
    expect(promiseText("fallback_share", 0.02)).toBe("98 of 100 replies from the requested model");
  });

  it("count what came of it in the same number", () => {
    expect(outcomeText({ good: 970, total: 1_000 }, 0.95, 7)).toBe("last 7 days: 97");
    expect(outcomeText({ good: 9_995, total: 10_000 }, 0.999, 28)).toBe("last 28 days: 999.5");
    expect(outcomeText({ good: 0, total: 0 }, 0.95, 1)).toBe("last 24 hours: no requests");
  });

  it("never round what was missed up to kept, nor what was spoilt up to whole", () => {
    expect(outcomeText({ good: 9_496, total: 10_000 }, 0.95, 7)).toBe("last 7 days: 94.96");
    expect(outcomeText({ good: 9_999, total: 10_000 }, 0.95, 7)).toBe("last 7 days: 99.99");
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (total, share) => {
          const good = Math.round(total * share);
          const shown = Number(outcomeText({ good, total }, 0.95, 7).split(": ")[1]);
          return shown >= 95 === good / total >= 0.95 && (shown < 100 || good === total);
        },
      ),
    );
  });
});

describe("a target", () => {
  it("is whole ms, or a share whose budget a quick burn can use up", () => {
    expect(targetFault("latency_p95", 1_200)).toBeNull();
    expect(targetFault("latency_p95", 0.5)).toMatchObject({ code: "bad_target", fix: expect.any(String) });
    expect(targetFault("availability", 0.95)).toBeNull();
    expect(targetFault("availability", 0.9)?.message).toMatch(/10 of 100/);
    expect(targetFault("availability", 1)).not.toBeNull();
    expect(targetFault("fallback_share", 0.05)).toBeNull();
    expect(targetFault("fallback_share", 0)).not.toBeNull();
  });

  it("always has a goal below 1, so that its budget can be divided by", () => {
    fc.assert(
      fc.property(fc.constantFrom(...OBJECTIVE_KINDS), fc.double({ noNaN: true }), (kind, target) => {
        const goal = goalOf(kind, target);
        return targetFault(kind, target) !== null || (goal < 1 && goal >= 0.95 - 1e-9);
      }),
    );
  });
});
