import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Aimd,
  afterAnswer,
  afterBusy,
  afterOrder,
  aimdPolicy,
  allowedNow,
  CUT,
  HOLD_MAX_MS,
  startAimd,
} from "./aimd.ts";

const policy = aimdPolicy(32);
const at = (limit: number): Aimd => ({ ...startAimd(policy), limit });

describe("the limit", () => {
  it("starts low, grows by one an answer while it is used up, and never passes its ceiling", () => {
    let aimd = startAimd(policy);
    expect(allowedNow(aimd, 0)).toBe(4);
    for (let answers = 0; answers < 4; answers += 1) aimd = afterAnswer(aimd, 4 + answers, policy);
    expect(allowedNow(aimd, 0)).toBe(8);
    expect(afterAnswer(at(10), 9, policy).limit).toBe(10);
    expect(afterAnswer(at(31.5), 32, policy).limit).toBe(32);
    expect(startAimd(aimdPolicy(2)).limit).toBe(2);
  });

  it("is cut once by a crowded moment, however many it turned away, and stays at one at least", () => {
    const once = afterBusy(at(32), 100, 120);
    expect(once).toMatchObject({ limit: 32 * CUT, cutAt: 120 });
    for (const sentAt of [90, 110, 120]) expect(afterBusy(once, sentAt, 140)).toBe(once);
    expect(afterBusy(once, 121, 150).limit).toBeCloseTo(32 * CUT * CUT);
    expect(afterBusy(at(1), 5, 6).limit).toBe(1);
  });

  it("is nothing while the server has ordered to wait; the longest order counts, up to two minutes", () => {
    const held = afterOrder(at(8), 3_000, 1_000);
    expect([allowedNow(held, 3_999), allowedNow(held, 4_000)]).toEqual([0, 8]);
    expect(afterOrder(held, 1_000, 2_000).heldUntil).toBe(4_000);
    expect(afterOrder(held, 86_400_000, 2_000).heldUntil).toBe(2_000 + HOLD_MAX_MS);
  });

  it("stays between one and its ceiling whatever happens, and waits no longer than it must", () => {
    const event = fc.oneof(
      fc.record({ kind: fc.constant("answer" as const), inFlight: fc.integer({ min: 1, max: 200 }) }),
      fc.record({ kind: fc.constant("busy" as const), agoMs: fc.integer({ min: 0, max: 500 }) }),
      fc.record({ kind: fc.constant("order" as const), waitMs: fc.integer({ min: -5, max: 10_000_000 }) }),
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 64 }), fc.array(event), (ceiling, events) => {
        const own = aimdPolicy(ceiling);
        let aimd = startAimd(own);
        let now = 0;
        for (const one of events) {
          now += 100;
          const before = aimd;
          if (one.kind === "answer") aimd = afterAnswer(aimd, one.inFlight, own);
          else if (one.kind === "busy") aimd = afterBusy(aimd, now - one.agoMs, now);
          else aimd = afterOrder(aimd, one.waitMs, now);
          expect(aimd.limit).toBeGreaterThanOrEqual(1);
          expect(aimd.limit).toBeLessThanOrEqual(ceiling);
          expect(aimd.limit).toBeLessThanOrEqual(before.limit + own.step);
          expect(aimd.limit).toBeGreaterThanOrEqual(Math.min(before.limit, Math.max(1, before.limit * CUT)));
          expect(aimd.heldUntil).toBeLessThanOrEqual(now + HOLD_MAX_MS);
          expect(allowedNow(aimd, now + HOLD_MAX_MS)).toBeGreaterThanOrEqual(1);
        }
      }),
    );
  });
});
