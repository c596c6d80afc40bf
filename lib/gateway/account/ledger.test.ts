import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { silentLog } from "#lib/platform/log.ts";
import { makeTrace } from "#lib/requests/testing/make-trace.ts";
import type { TraceBatch } from "#lib/requests/trace/trace-batch.ts";
import type { UsageRow } from "#lib/requests/usage/usage.ts";
import { startLedger } from "./ledger.ts";

const trace = (id: number) =>
  makeTrace({ id: `req_${id}`, tenantId: "ten_a", keyId: "key_a", arrivedAt: new Date(), endedAt: new Date() });

const idsOf = (batch: TraceBatch): string[] => (JSON.parse(batch.json().toString()) as [string][]).map(([id]) => id);

/** A ledger over a catalog that can be away, and what that catalog has. */
function setUp() {
  const traces: string[] = [];
  const usage = new Map<string, UsageRow>();
  const keyUses: string[] = [];
  const state = { isAway: false, refuses: new Set<string>(), dropped: 0, calls: 0, asked: [] as string[] };
  const reach = (part: string) => {
    state.calls += 1;
    state.asked.push(part);
    if (state.isAway) throw new Error("database away");
    if (state.refuses.has(part)) throw new Error("value out of range");
  };
  const ledger = startLedger({
    instanceId: "gwy_1",
    recordTraces: async (batch) => {
      const ids = idsOf(batch);
      reach("traces");
      for (const id of ids) if (state.refuses.has(id)) throw new Error("value out of range");
      traces.push(...ids);
    },
    recordUsage: async (rows) => {
      reach("usage");
      for (const row of rows) usage.set(`${row.at.toISOString()} ${row.tenantId} ${row.via}`, row);
    },
    recordKeyUse: async (uses) => {
      reach("keys");
      keyUses.push(...uses.map(({ keyId }) => keyId));
    },
    onTracesDropped: (count) => {
      state.dropped += count;
    },
    now: () => new Date(),
    log: silentLog,
  });
  const counted = () => [...usage.values()].reduce((sum, row) => sum + row.requests, 0);
  return { ledger, traces, counted, keyUses, state };
}

beforeEach(() => {
  vi.useFakeTimers({ now: new Date("2026-11-25T12:00:10.000Z") });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("startLedger", () => {
  it("stores traces and counts once a second, a thousand requests in a few statements", async () => {
    const { ledger, traces, counted, state } = setUp();
    for (let id = 0; id < 1_200; id += 1) ledger.record(trace(id), null);
    expect(traces).toEqual([]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect([traces.length, counted(), state.calls, ledger.pending()]).toEqual([1_200, 1_200, 5, 0]);
    await ledger.stop();
  });

  it("keeps what the catalog did not take: traces up to a bound, counts whole", async () => {
    const { ledger, traces, counted, state } = setUp();
    state.isAway = true;
    for (let id = 0; id < 20_010; id += 1) ledger.record(trace(id), null);
    await vi.advanceTimersByTimeAsync(5_000);
    expect([ledger.pending(), state.dropped]).toEqual([19_510, 500]);
    state.isAway = false;
    await vi.advanceTimersByTimeAsync(1_000);
    expect([traces.length, traces[0], counted(), ledger.pending()]).toEqual([19_510, "req_500", 20_010, 0]);
    await ledger.stop();
  });

  it.each(["traces", "usage", "keys"])(
    "stores everything else while the catalog refuses %s, usage first",
    async (refused) => {
      const { ledger, traces, counted, keyUses, state } = setUp();
      state.refuses.add(refused);
      ledger.record(trace(1), null);
      await vi.advanceTimersByTimeAsync(1_000);
      const stored = { traces: traces.length, usage: counted(), keys: keyUses.length };
      expect(stored).toEqual({ traces: 1, usage: 1, keys: 1, [refused]: 0 });
      expect(state.asked).toEqual(["usage", "keys", "traces"]);
      state.refuses.clear();
      await ledger.stop();
      expect([traces, counted(), keyUses]).toEqual([["req_1"], 1, ["key_a"]]);
    },
  );

  it("stores the batches behind one that the catalog refuses, and that one as soon as it takes it", async () => {
    const { ledger, traces, state } = setUp();
    state.refuses.add("req_700");
    for (let id = 0; id < 2_000; id += 1) ledger.record(trace(id), null);
    await vi.advanceTimersByTimeAsync(1_000);
    expect([traces.length, traces.includes("req_1999"), ledger.pending()]).toEqual([1_500, true, 500]);
    state.refuses.clear();
    await ledger.stop();
    expect([traces.length, ledger.pending()]).toEqual([2_000, 0]);
  });

  it("loses nothing on a clean stop, and says how much it lost when the catalog is away", async () => {
    const clean = setUp();
    clean.ledger.record(trace(1), null);
    await clean.ledger.stop();
    expect([clean.traces, clean.counted(), clean.keyUses]).toEqual([["req_1"], 1, ["key_a"]]);
    const cut = setUp();
    cut.state.isAway = true;
    cut.ledger.record(trace(1), null);
    await cut.ledger.stop();
    // three attempts of usage, key uses and traces each
    expect([cut.state.calls, cut.state.dropped]).toEqual([9, 1]);
  });

  it("loses at most its last second in a crash", async () => {
    const { ledger, traces, counted } = setUp();
    for (let id = 0; id < 10; id += 1) {
      ledger.record(trace(id), null);
      await vi.advanceTimersByTimeAsync(300);
    }
    // the process dies here: what it still holds is gone
    const lost = 10 - traces.length;
    expect([counted(), lost <= 1_000 / 300 + 1, ledger.pending()]).toEqual([traces.length, true, lost]);
    await ledger.stop();
  });

  it("says once a minute that a key was used", async () => {
    const { ledger, keyUses } = setUp();
    for (let second = 0; second < 130; second += 1) {
      ledger.record(trace(second), null);
      await vi.advanceTimersByTimeAsync(1_000);
    }
    expect(keyUses.length).toBe(3);
    await ledger.stop();
  });
});
