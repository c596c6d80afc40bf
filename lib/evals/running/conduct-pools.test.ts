import { describe, expect, it } from "vitest";
import { manualClock } from "#lib/platform/clock.ts";
import { silentLog } from "#lib/platform/log.ts";
import { type Candidate, conductPools } from "./conduct-pools.ts";

const settle = () => new Promise((done) => setImmediate(done));

/** Runs by pool, oldest first; each lasts until it is ended or broken. */
function world(runs: Record<string, string[]>) {
  const clock = manualClock(new Date(0));
  const running = new Map<string, { end(): void; fail(error: Error): void }>();
  const ended: string[] = [];
  const candidateOf = (poolId: string, runId: string): Candidate => ({
    poolId,
    runId,
    conduct: () =>
      new Promise((resolve, reject) => {
        const over = () => {
          running.delete(runId);
          ended.push(runId);
        };
        running.set(runId, {
          end() {
            over();
            runs[poolId] = (runs[poolId] ?? []).filter((one) => one !== runId);
            resolve();
          },
          fail(error) {
            over();
            reject(error);
          },
        });
      }),
  });
  const conducting = conductPools({
    next: async (busy) =>
      Object.entries(runs).flatMap(([poolId, [oldest]]) =>
        oldest === undefined || busy.has(poolId) ? [] : [candidateOf(poolId, oldest)],
      ),
    clock,
    log: silentLog,
    signal: new AbortController().signal,
  });
  const pass = async (ms: number) => {
    clock.advance(ms);
    for (let round = 0; round < 5; round += 1) await settle();
  };
  return { runs, running, ended, conducting, pass, names: () => [...running.keys()].sort() };
}

describe("runs of several pools", () => {
  it("are conducted side by side, of each pool one at a time", async () => {
    const { running, names, pass, conducting, ended } = world({ a: ["a1", "a2"], b: ["b1"] });
    await pass(0);
    expect(names()).toEqual(["a1", "b1"]);
    running.get("a1")?.end();
    await pass(0);
    await pass(250);
    expect(names()).toEqual(["a2", "b1"]);
    running.get("b1")?.end();
    running.get("a2")?.end();
    await conducting;
    expect(ended).toEqual(["a1", "b1", "a2"]);
  });

  it("start while another pool asks", async () => {
    const { runs, running, names, pass, conducting } = world({ a: ["a1"] });
    await pass(0);
    runs.b = ["b1"];
    await pass(1_750);
    await pass(250);
    expect(names()).toEqual(["a1", "b1"]);
    running.get("a1")?.end();
    running.get("b1")?.end();
    await conducting;
  });

  it("go on when one of them fails, which is tried again after half a minute and told in the end", async () => {
    const { running, names, pass, conducting } = world({ a: ["a1"], b: ["b1"] });
    const told = conducting.catch((error: unknown) => error);
    await pass(0);
    running.get("a1")?.fail(new Error("the catalog is away"));
    await pass(250);
    await pass(1_750);
    expect(names()).toEqual(["b1"]);
    await pass(250);
    await pass(30_000);
    await pass(250);
    expect(names()).toEqual(["a1", "b1"]);
    for (const one of [...running.values()]) one.end();
    expect(await told).toMatchObject({ message: "the catalog is away" });
  });
});
