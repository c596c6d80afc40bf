import { describe, expect, it } from "vitest";
import { systemClock } from "#lib/platform/clock.ts";
import { scaledTimer } from "./timer.ts";

/** Time that moves by sleeping, and by what `work` says is lost. */
function machine(speed: number) {
  let nowMs = 1000;
  const slept: number[] = [];
  const sleep = async (ms: number) => {
    slept.push(ms);
    nowMs += ms;
  };
  const clock = { now: systemClock.now, sleep };
  const timer = scaledTimer(speed, new AbortController().signal, clock, () => nowMs);
  return { timer, slept, work: (ms: number) => (nowMs += ms), now: () => nowMs };
}

describe("scaledTimer", () => {
  it("sleeps as long as the simulated machine takes, divided by the speed", async () => {
    const { timer, slept } = machine(4);
    await timer.wait(40);
    expect(slept).toEqual([10]);
  });

  it("takes its own work off the next wait", async () => {
    const { timer, now, work } = machine(1);
    for (let step = 0; step < 10; step += 1) {
      work(5);
      await timer.wait(12);
    }
    expect(now()).toBe(1000 + 120);
  });

  it("makes up for one step at most, and for nothing after idling", async () => {
    const late = machine(1);
    late.work(500);
    await late.timer.wait(12);
    await late.timer.wait(12);
    expect(late.slept).toEqual([12]);
    const idle = machine(1);
    idle.work(500);
    idle.timer.begin();
    await idle.timer.wait(12);
    expect(idle.slept).toEqual([12]);
  });

  it("saves up waits that are too short to sleep", async () => {
    const { timer, slept } = machine(100);
    for (let step = 0; step < 25; step += 1) await timer.wait(12);
    const total = slept.reduce((sum, ms) => sum + ms, 0);
    expect([slept.length, total > 2, total <= 3]).toEqual([2, true, true]);
  });
});
