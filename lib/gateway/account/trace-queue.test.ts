import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { silentLog } from "#lib/platform/log.ts";
import { makeTrace } from "#lib/telemetry/testing/make-trace.ts";
import { startTraceQueue } from "./trace-queue.ts";

const trace = (id: number) => makeTrace({ id: `req_${id}` });

function setUp() {
  const stored: string[] = [];
  const state = { isAway: false, dropped: 0, calls: 0 };
  const queue = startTraceQueue({
    record: async (batch) => {
      state.calls += 1;
      if (state.isAway) throw new Error("database away");
      stored.push(...batch.map(({ id }) => id));
    },
    onDropped: (count) => {
      state.dropped += count;
    },
    log: silentLog,
  });
  return { queue, stored, state };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("startTraceQueue", () => {
  it("stores once a second, in batches of 500", async () => {
    const { queue, stored, state } = setUp();
    for (let id = 0; id < 1_200; id += 1) queue.push(trace(id));
    expect(stored).toEqual([]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect([stored.length, state.calls, queue.pending()]).toEqual([1_200, 3, 0]);
    await queue.stop();
  });

  it("keeps what the database did not take, and drops the oldest only beyond its bound, counted", async () => {
    const { queue, stored, state } = setUp();
    state.isAway = true;
    for (let id = 0; id < 20_010; id += 1) queue.push(trace(id));
    await vi.advanceTimersByTimeAsync(5_000);
    expect([queue.pending(), state.dropped]).toEqual([20_000, 10]);
    state.isAway = false;
    await vi.advanceTimersByTimeAsync(1_000);
    expect([stored.length, stored[0], queue.pending()]).toEqual([20_000, "req_10", 0]);
    await queue.stop();
  });

  it("loses nothing on a clean stop, and says how much it lost when the database is away", async () => {
    const clean = setUp();
    clean.queue.push(trace(1));
    await clean.queue.stop();
    expect(clean.stored).toEqual(["req_1"]);
    const cut = setUp();
    cut.state.isAway = true;
    cut.queue.push(trace(1));
    await cut.queue.stop();
    expect([cut.state.calls, cut.state.dropped]).toEqual([3, 1]);
  });
});
