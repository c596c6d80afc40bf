import { describe, expect, it } from "vitest";
import { entry, testEngine } from "../testing/engine-fixture.ts";

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
const last = (times: readonly number[]): number => times.at(-1) ?? Number.NaN;
const gaps = (times: readonly number[]) => times.slice(1).map((at, index) => at - (times[index] ?? 0));

/** So many callers, each asking for 256 tokens again as soon as it is answered. @returns durations and the whole time */
async function closedLoop(loras: readonly (ReturnType<typeof entry> | null)[], rounds: number) {
  const machine = testEngine({ maxLoras: 12, maxCpuLoras: 48 });
  for (const lora of loras) if (lora) await machine.engine.load(lora);
  const startMs = machine.timer.nowMs();
  const durations: number[] = [];
  const call = async (lora: (typeof loras)[number]) => {
    for (let round = 0; round < rounds; round += 1) durations.push(last(await machine.ask(lora, 256)));
  };
  await Promise.all(loras.map(call));
  const tookMs = machine.timer.nowMs() - startMs;
  await machine.stop();
  return { p50: median(durations), tokensPerSecond: (durations.length * 256 * 1000) / tookMs };
}

describe("latency, by the product's figures", () => {
  it("takes 410 ms for 256 tokens alone", async () => {
    const { p50 } = await closedLoop([null], 40);
    expect(p50).toBeGreaterThan(400);
    expect(p50).toBeLessThan(420);
  });

  it("takes 470 ms for 256 tokens in a batch of two adapters", async () => {
    const { p50 } = await closedLoop([entry(1), entry(2)], 40);
    expect(p50).toBeGreaterThan(460);
    expect(p50).toBeLessThan(480);
  });

  it("does 3,100 tokens a second on a box of two nodes with three requests each", async () => {
    const { tokensPerSecond } = await closedLoop([entry(1), entry(2), entry(3)], 40);
    expect(2 * tokensPerSecond).toBeGreaterThan(3000);
    expect(2 * tokensPerSecond).toBeLessThan(3200);
  });

  it("waits 30-50 ms for a copy from the host and over 500 ms for the disk", async () => {
    const machine = testEngine({ maxLoras: 1, maxCpuLoras: 2 });
    for (const id of [1, 2, 3]) await machine.engine.load(entry(id));
    await machine.ask(entry(2), 1);
    await machine.ask(entry(1), 1);
    const seconds = machine.touches.map(({ source, seconds: took }) => [source, took] as const);
    const of = (wanted: string) => seconds.filter(([source]) => source === wanted).map(([, took]) => took);
    expect(of("cpu").every((took) => took >= 0.03 && took <= 0.05)).toBe(true);
    expect(of("disk").every((took) => took > 0.5 && took < 0.7)).toBe(true);
    expect([of("cpu").length, of("disk").length]).toEqual([1, 4]);
    await machine.stop();
  });
});

describe("steps", () => {
  it("touches every adapter of the batch at every step, so none is evicted by touches while it runs", async () => {
    const machine = testEngine({ maxLoras: 2, maxCpuLoras: 2 });
    for (const id of [1, 2]) await machine.engine.load(entry(id));
    const before = machine.touches.length;
    await Promise.all([machine.ask(entry(1), 81), machine.ask(entry(2), 81)]);
    const seen = machine.touches.slice(before);
    expect(seen).toHaveLength(2 * machine.steps.length);
    expect(seen.map(({ source }) => source).every((source) => source === "gpu")).toBe(true);
    expect(seen.filter(({ isEntering }) => isEntering)).toHaveLength(2);
    await machine.stop();
  });

  it("stands still for everybody while a load reads from disk", async () => {
    const machine = testEngine();
    await machine.engine.load(entry(1));
    const asked = machine.ask(entry(1), 400);
    while (machine.steps.length < 5) await machine.timer.wait(0);
    await machine.engine.load(entry(2));
    const pauses = gaps(await asked).toSorted((a, b) => b - a);
    expect(pauses[0]).toBeGreaterThan(540);
    expect(pauses[1]).toBeLessThan(30);
    await machine.stop();
  });

  it("lets a load take the slot of a running request, which takes another at its next step", async () => {
    const machine = testEngine({ maxLoras: 1, maxCpuLoras: 4 });
    await machine.engine.load(entry(1));
    const asked = machine.ask(entry(1), 400);
    while (machine.steps.length < 5) await machine.timer.wait(0);
    await machine.engine.load(entry(2));
    expect(machine.engine.inspect().gpu).toEqual([2]);
    await asked;
    expect(machine.engine.inspect().gpu).toEqual([1]);
    expect(machine.touches.filter(({ source }) => source === "cpu")).toHaveLength(1);
    await machine.stop();
  });

  it("takes the adapters of a step in an order of the process's own, which decides what is read again", async () => {
    /** G = C = 2 holds 1 (old) and 2; the batch is 1 and 3. */
    const disk = async (hashSeed: number) => {
      const machine = testEngine({ maxLoras: 2, maxCpuLoras: 2, hashSeed });
      for (const id of [1, 2]) await machine.engine.load(entry(id));
      await Promise.all([machine.ask(entry(1), 1), machine.ask(entry(3), 1)]);
      await machine.stop();
      return machine.reads.length - 2;
    };
    const seen = await Promise.all(Array.from({ length: 12 }, (_, seed) => disk(seed)));
    expect([...new Set(seen)].sort()).toEqual([1, 2]);
    expect(await disk(3)).toBe(await disk(3));
  });

  it("keeps a waiting adapter out while max_loras others run, and lets the base overtake it", async () => {
    const machine = testEngine({ maxLoras: 1, maxCpuLoras: 2 });
    for (const id of [1, 2]) await machine.engine.load(entry(id));
    const order: string[] = [];
    const note = (name: string) => () => order.push(name);
    await Promise.all([
      machine.ask(entry(1), 400).then(note("running")),
      machine.ask(entry(2), 1).then(note("deferred")),
      machine.ask(null, 1).then(note("base")),
    ]);
    expect(order).toEqual(["base", "running", "deferred"]);
    expect(machine.steps.every(({ distinctAdapters }) => distinctAdapters <= 1)).toBe(true);
    expect(Math.max(...machine.steps.map(({ deferred }) => deferred))).toBe(1);
    await machine.stop();
  });

  it("runs nothing while it is paused, but loads; what was dropped is read again when it is used", async () => {
    const machine = testEngine();
    await machine.engine.load(entry(1));
    machine.engine.pause(false);
    const asked = machine.ask(entry(1), 1);
    await machine.engine.load(entry(2));
    expect(machine.steps).toHaveLength(0);
    machine.engine.resume(true);
    await asked;
    expect(machine.engine.inspect()).toMatchObject({ gpu: [1], cpu: [1] });
    expect(machine.reads).toEqual(["lora-1", "lora-2", "lora-1"]);
    await machine.stop();
  });
});
