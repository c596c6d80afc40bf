import { describe, expect, it } from "vitest";
import { judgeProgress, type OpenRun } from "./judge-progress.ts";

const NOW = new Date("2026-11-25T12:00:00.000Z");
const ago = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000);
const run = (change: Partial<OpenRun> = {}): OpenRun => ({
  id: "run_a",
  tenantId: "ten_a",
  name: "bot v3",
  state: "running",
  queuedAt: ago(60),
  startedAt: ago(30),
  lastAnswerAt: ago(1),
  samplesDone: 340,
  samplesTotal: 1_200,
  message: null,
  ...change,
});

describe("a run", () => {
  it("that is answered moves; after ten minutes without an answer it is stuck", () => {
    expect(judgeProgress(run(), null, NOW)).toMatchObject({ isStuck: false });
    expect(judgeProgress(run({ lastAnswerAt: ago(9) }), null, NOW).isStuck).toBe(false);
    expect(judgeProgress(run({ lastAnswerAt: ago(12) }), null, NOW)).toEqual({
      isStuck: true,
      reason: "no_answer",
      message: "bot v3: 340 of 1200 prompts are answered, and none for 12 min.",
    });
    expect(judgeProgress(run({ lastAnswerAt: null, startedAt: ago(5) }), null, NOW).isStuck).toBe(false);
  });

  it("that waits is stuck once nothing moves, not while others are answered", () => {
    const queued = run({ state: "queued", startedAt: null, lastAnswerAt: null, message: "Waits for its turn." });
    expect(judgeProgress(queued, ago(1), NOW)).toMatchObject({ isStuck: false });
    expect(judgeProgress(queued, null, NOW)).toMatchObject({
      reason: "queue_stands",
      message: "bot v3: queued, and no run moved for 60 min. Waits for its turn.",
    });
    expect(judgeProgress({ ...queued, queuedAt: ago(10) }, ago(600), NOW).isStuck).toBe(false);
    expect(judgeProgress({ ...queued, queuedAt: ago(300) }, ago(1), NOW)).toMatchObject({ reason: "queued_long" });
  });
});
