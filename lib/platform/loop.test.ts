import { describe, expect, it } from "vitest";
import { manualClock } from "./clock.ts";
import type { Lease } from "./lease.ts";
import { silentLog } from "./log.ts";
import { type LoopOptions, runLoop, type Turn } from "./loop.ts";

const START = new Date("2026-11-24T10:00:00.000Z");

/** A lease in memory that a test can take away. */
function memoryLease() {
  const state = { term: 1n, holder: "us", reports: [] as (string | null)[], released: 0, failing: false };
  const lease: Lease = {
    name: "test",
    ttlMs: 9_000,
    acquire: async () => {
      if (state.failing) throw new Error("database away");
      return state.holder === "us" ? state.term : null;
    },
    report: async (_term, run) => void state.reports.push(run.error),
    release: async () => {
      state.released += 1;
    },
  };
  return { lease, state };
}

/** Lets everything that is ready run; no time passes. */
const settle = async () => {
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

function start(overrides: Partial<LoopOptions> = {}) {
  const clock = manualClock(START);
  const { lease, state } = memoryLease();
  const stop = new AbortController();
  const turns: Turn[] = [];
  const done = runLoop({
    name: "test",
    intervalMs: 1_000,
    longestRunMs: null,
    jitterRatio: 0.2,
    clock,
    random: () => 0,
    signal: stop.signal,
    lease,
    tick: async (turn) => void turns.push(turn),
    log: silentLog,
    ...overrides,
  });
  return { clock, state, stop, turns, done };
}

/** Passes the pause after a run: the gap and the rest are two sleeps. */
const passPause = async (clock: { advance(ms: number): void }, wholeMs: number) => {
  clock.advance(250);
  await settle();
  clock.advance(wholeMs - 250);
  await settle();
};

describe("runLoop", () => {
  it("runs at once, then after each interval", async () => {
    const loop = start();
    await settle();
    expect(loop.turns).toHaveLength(1);
    await passPause(loop.clock, 999);
    expect(loop.turns).toHaveLength(1);
    loop.clock.advance(1);
    await settle();
    expect(loop.turns).toHaveLength(2);
    loop.stop.abort();
    await loop.done;
  });

  it("stretches the pause by the jitter", async () => {
    const loop = start({ random: () => 0.5 });
    await settle();
    await passPause(loop.clock, 1_099);
    expect(loop.turns).toHaveLength(1);
    loop.clock.advance(1);
    await settle();
    expect(loop.turns).toHaveLength(2);
    loop.stop.abort();
    await loop.done;
  });

  it("survives a tick that throws and records why", async () => {
    let runs = 0;
    const loop = start({
      tick: async () => {
        runs += 1;
        if (runs === 1) throw new Error("node said no");
      },
    });
    await settle();
    await passPause(loop.clock, 1_000);
    expect(runs).toBe(2);
    expect(loop.state.reports).toEqual(["node said no", null]);
    loop.stop.abort();
    await loop.done;
  });

  it("does not run while another worker holds the lease, and takes over when it is free", async () => {
    const loop = start();
    await settle();
    loop.state.holder = "them";
    await passPause(loop.clock, 1_000);
    expect(loop.turns).toHaveLength(1);
    loop.state.holder = "us";
    loop.state.term = 3n;
    loop.clock.advance(1_000);
    await settle();
    expect(loop.turns.map((turn) => turn.term)).toEqual([1n, 3n]);
    loop.stop.abort();
    await loop.done;
  });

  it("survives a database that is away", async () => {
    const loop = start();
    await settle();
    loop.state.failing = true;
    await passPause(loop.clock, 1_000);
    loop.state.failing = false;
    loop.clock.advance(1_000);
    await settle();
    expect(loop.turns).toHaveLength(2);
    loop.stop.abort();
    await loop.done;
  });

  it("prolongs the lease during a long run, and aborts the run when it is lost", async () => {
    const reasons: unknown[] = [];
    const loop = start({
      tick: ({ signal }) =>
        new Promise<void>((resolve) =>
          signal.addEventListener("abort", () => resolve(void reasons.push(signal.reason))),
        ),
    });
    await settle();
    loop.clock.advance(3_000);
    await settle();
    expect(reasons).toEqual([]);
    loop.state.holder = "them";
    loop.clock.advance(3_000);
    await settle();
    expect(reasons).toEqual([new Error("another worker holds the lease")]);
    loop.stop.abort();
    await loop.done;
  });

  it("aborts a run whose lease may have expired while the database was away", async () => {
    const reasons: unknown[] = [];
    const loop = start({
      tick: ({ signal }) =>
        new Promise<void>((resolve) =>
          signal.addEventListener("abort", () => resolve(void reasons.push(signal.reason))),
        ),
    });
    await settle();
    loop.state.failing = true;
    for (let round = 0; round < 3; round += 1) {
      loop.clock.advance(3_000);
      await settle();
    }
    expect(reasons).toEqual([new Error("the lease may have expired")]);
    loop.stop.abort();
    await loop.done;
  });

  it("runs early when woken, but never without a gap", async () => {
    let ring = () => {};
    const loop = start({
      wake: (onWake) => {
        ring = onWake;
        return () => {};
      },
    });
    await settle();
    ring();
    await settle();
    expect(loop.turns).toHaveLength(1);
    loop.clock.advance(250);
    await settle();
    expect(loop.turns).toHaveLength(2);
    loop.clock.advance(250);
    await settle();
    expect(loop.turns).toHaveLength(2);
    ring();
    await settle();
    expect(loop.turns).toHaveLength(3);
    loop.stop.abort();
    await loop.done;
  });

  it("drains on abort: waits for the run, unsubscribes and hands the lease back", async () => {
    const steps: string[] = [];
    let finish = () => {};
    const loop = start({
      wake: () => () => void steps.push("unsubscribed"),
      tick: ({ signal }) =>
        new Promise<void>((resolve) => {
          signal.addEventListener("abort", () => steps.push("asked to stop"));
          finish = resolve;
        }),
    });
    await settle();
    loop.stop.abort();
    await settle();
    expect(steps).toEqual(["asked to stop"]);
    expect(loop.state.released).toBe(0);
    finish();
    await loop.done;
    expect(steps).toEqual(["asked to stop", "unsubscribed"]);
    expect(loop.state.released).toBe(1);
    expect(loop.state.reports).toEqual([null]);
  });
});
