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
  pausedAt: null,
  pausedBy: null,
  yieldingSince: null,
  askingSince: null,
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

  it("that was taken up again moves for ten minutes from then; one that waits for its turn while others are answered", () => {
    const resumed = { lastAnswerAt: ago(300), startedAt: ago(600), queuedAt: ago(600) };
    expect(judgeProgress(run({ ...resumed, askingSince: ago(2) }), null, NOW).isStuck).toBe(false);
    expect(judgeProgress(run({ ...resumed, askingSince: ago(12) }), null, NOW).reason).toBe("no_answer");
    expect(judgeProgress(run({ ...resumed, message: "Waits for its turn." }), ago(1), NOW).isStuck).toBe(false);
  });

  it("that is paused is not stuck; one that yields is told after half an hour", () => {
    const paused = run({ pausedAt: ago(90), pausedBy: "ada", lastAnswerAt: ago(95) });
    expect(judgeProgress(paused, null, NOW)).toEqual({
      isStuck: false,
      reason: "paused",
      message: "bot v3: paused by ada for 90 min.",
    });
    const message = "Yields to customers: 14 requests wait in pool main (limit 4). Resumes automatically.";
    const yields = run({ lastAnswerAt: ago(29), yieldingSince: ago(29), message });
    expect(judgeProgress(yields, null, NOW)).toMatchObject({ isStuck: false, message: `bot v3: ${message}` });
    expect(judgeProgress({ ...yields, yieldingSince: ago(31) }, null, NOW)).toEqual({
      isStuck: true,
      reason: "yields_long",
      message: `bot v3: yields for 31 min. ${message}`,
    });
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
