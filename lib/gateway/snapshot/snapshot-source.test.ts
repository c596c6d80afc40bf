import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { silentLog } from "#lib/platform/log.ts";
import { makeSnapshot } from "../testing/make-snapshot.ts";
import type { Snapshot } from "./snapshot.ts";
import { SnapshotSource } from "./snapshot-source.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function setUp(load: () => Promise<Snapshot>) {
  let loads = 0;
  let failures = 0;
  let notify = () => {};
  const source = new SnapshotSource({
    load: () => {
      loads += 1;
      return load();
    },
    listen: (onChange) => {
      notify = onChange;
      return async () => {};
    },
    now: () => new Date(),
    onSnapshot: () => {},
    onFailure: () => {
      failures += 1;
    },
    log: silentLog,
  });
  source.start();
  return { source, notify: () => notify(), loads: () => loads, failures: () => failures };
}
const fresh = async () => ({ ...makeSnapshot({}), readAt: new Date() });

describe("SnapshotSource", () => {
  it("answers many notifications with one reload, and is never starved by more of them", async () => {
    const { source, notify, loads } = setUp(fresh);
    await vi.advanceTimersByTimeAsync(0);
    for (let count = 0; count < 10; count += 1) {
      notify();
      await vi.advanceTimersByTimeAsync(5);
    }
    expect(loads()).toBe(3); // the first, then one for each 20 ms
    await source.stop();
  });

  it("reloads by age alone when no notification arrives", async () => {
    const { source, loads } = setUp(fresh);
    await vi.advanceTimersByTimeAsync(11_000);
    expect(loads()).toBe(3);
    expect(source.ageMs()).toBe(1_000);
    await source.stop();
  });

  it("reads again after a change that arrived during a reload", async () => {
    const finish: ((snapshot: Snapshot) => void)[] = [];
    const { source, notify, loads } = setUp(() => new Promise((resolve) => finish.push(resolve)));
    notify();
    notify();
    expect(loads()).toBe(1);
    finish[0]?.(makeSnapshot({}));
    await vi.advanceTimersByTimeAsync(20);
    expect(loads()).toBe(2);
    finish[1]?.(makeSnapshot({}));
    await source.stop();
  });

  it("keeps the old one when a reload fails, and lets its age tell", async () => {
    let isAway = false;
    const { source, failures } = setUp(() => (isAway ? Promise.reject(new Error("database away")) : fresh()));
    await vi.advanceTimersByTimeAsync(0);
    const first = source.current();
    isAway = true;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(source.current()).toBe(first);
    expect(source.ageMs()).toBe(60_000);
    expect(failures()).toBe(12);
    isAway = false;
    await vi.advanceTimersByTimeAsync(5_000);
    expect(source.current()).not.toBe(first);
    await source.stop();
  });

  it("has none before the first was read, and keeps trying", async () => {
    let isAway = true;
    const { source, failures } = setUp(() => (isAway ? Promise.reject(new Error("database away")) : fresh()));
    await vi.advanceTimersByTimeAsync(2_500);
    expect([source.current(), source.ageMs(), failures()]).toEqual([null, null, 3]);
    isAway = false;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(source.current()).not.toBeNull();
    await source.stop();
  });
});
