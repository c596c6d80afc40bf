import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MEASURED_COSTS, type NodeCosts } from "./coefficients.ts";
import { type Forecast, forecastNode } from "./forecast.ts";
import { type AdapterGroup, type EngineSettings, expectedDistinct } from "./node-load.ts";
import { nodeMemory } from "./node-memory.ts";
import { bestForecast, recommendSlots } from "./recommend-slots.ts";
import { costsOf } from "./scale-costs.ts";

const [llama, qwen] = MEASURED_COSTS as [NodeCosts, NodeCosts];
const settings = (change: Partial<EngineSettings> = {}): EngineSettings => ({
  ...{ maxLoras: 16, maxLoraRank: 16, maxNumSeqs: 256, maxModelLen: 8_192 },
  ...{ gpuMemoryUtilization: 0.9, maxNumBatchedTokens: 2_048, ...change },
});
const group = (change: Partial<AdapterGroup> = {}): AdapterGroup => ({
  ...{ adapters: 20, requestsPerS: 0.1, rank: 8, promptTokens: 220, outputTokens: 200, ...change },
});
const numbersOf = ({ memory, ...rest }: Forecast): number[] =>
  [...Object.values(memory), ...Object.values(rest)].filter((value) => typeof value === "number");

describe("nodeMemory", () => {
  const memory = (change: Partial<EngineSettings>) =>
    nodeMemory(llama.model, llama.gpu.memoryBytes, settings(change), llama.memory);

  it("leaves fewer tokens with more slots, a higher rank, or more sequences", () => {
    const more = fc.integer({ min: 1, max: 200 });
    fc.assert(
      fc.property(more, more, more, more, (maxLoras, maxLoraRank, maxNumSeqs, extra) => {
        const base = { maxLoras, maxLoraRank, maxNumSeqs };
        const { kvTokens } = memory(base);
        expect(memory({ ...base, maxLoras: maxLoras + extra }).kvTokens).toBeLessThanOrEqual(kvTokens);
        expect(memory({ ...base, maxLoraRank: maxLoraRank + extra }).kvTokens).toBeLessThanOrEqual(kvTokens);
        expect(memory({ ...base, maxNumSeqs: maxNumSeqs + 10 * extra }).kvTokens).toBeLessThanOrEqual(kvTokens);
      }),
    );
  });

  it("comes within 2 % of what vLLM logged, and refuses what it refused", () => {
    const measured = { maxLoraRank: 16, maxNumSeqs: 2_048, maxModelLen: 131_072 };
    const fits = memory({ ...measured, maxLoras: 64 });
    expect(Math.abs(fits.kvTokens / 256_640 - 1)).toBeLessThan(0.02);
    expect(fits).toMatchObject({ starts: true, reason: null });
    const refused = memory({ ...measured, maxLoras: 256 });
    expect(refused.starts).toBe(false);
    expect(refused.reason).toMatch(/fewer than one request of max_model_len 131072/);
    expect(memory({ maxLoras: 400, maxLoraRank: 32 })).toMatchObject({
      ...{ kvTokens: 0, starts: false, reason: "nothing is left for keys and values" },
    });
  });
});

describe("forecastNode", () => {
  const short = { seconds: 60 };

  it("never serves more than is offered, and says no number that is none", () => {
    const groups = fc.array(
      fc.record({
        adapters: fc.nat(300),
        requestsPerS: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 3, noNaN: true })),
        rank: fc.integer({ min: 1, max: 16 }),
        promptTokens: fc.integer({ min: 1, max: 9_000 }),
        outputTokens: fc.integer({ min: 1, max: 2_000 }),
      }),
      { maxLength: 4 },
    );
    fc.assert(
      fc.property(
        groups,
        fc.integer({ min: 0, max: 300 }),
        fc.integer({ min: 1, max: 2_048 }),
        (all, maxLoras, seqs) => {
          const forecast = forecastNode(all, settings({ maxLoras, maxNumSeqs: seqs }), qwen, { seconds: 5 });
          expect(forecast.tokensPerS).toBeLessThanOrEqual(forecast.offeredTokensPerS * (1 + 1e-9));
          expect(forecast.batch).toBeLessThanOrEqual(seqs);
          if (maxLoras > 0) expect(forecast.distinct).toBeLessThanOrEqual(maxLoras);
          for (const value of numbersOf(forecast)) expect(value).not.toBeNaN();
        },
      ),
      { numRuns: 40 },
    );
  });

  it("answers for no request, one adapter, and 100,000 adapters", () => {
    const idle = forecastNode([group({ requestsPerS: 0 })], settings(), llama, short);
    expect(idle).toMatchObject({ tokensPerS: 0, starved: false, ttftS: 0 });
    expect(forecastNode([], settings(), llama, short)).toMatchObject({ tokensPerS: 0, starved: false });
    const one = forecastNode([group({ adapters: 1, requestsPerS: 1 })], settings(), llama, { seconds: 600 });
    expect(one.starved).toBe(false);
    expect(one.ttftS).toBeLessThan(0.2);
    const many = forecastNode([group({ adapters: 100_000, requestsPerS: 0.01 })], settings(), llama, short);
    expect(many.starved).toBe(true);
  });

  it("tells that too few slots make customers wait, though all are served", () => {
    const groups = [group({ adapters: 128, requestsPerS: 0.0584 })];
    const [few, enough] = [8, 64].map((maxLoras) =>
      forecastNode(groups, settings({ maxLoras, maxNumSeqs: 2_048 }), llama),
    );
    expect(enough?.ttftS).toBeLessThan(1);
    expect(few?.ttftS).toBeGreaterThan(10);
    expect(few?.tokensPerS).toBeGreaterThan(0.9 * (few?.offeredTokensPerS ?? 0));
  });

  it("keeps to the limits of the engine under a flood", () => {
    const flood = [group({ adapters: 40, requestsPerS: 2 })];
    const limits = settings({ maxNumSeqs: 24, maxLoras: 6 });
    const { batch, distinct, starved } = forecastNode(flood, limits, llama, short);
    expect(starved).toBe(true);
    expect(batch).toBeLessThanOrEqual(24);
    expect(batch).toBeGreaterThan(20);
    expect(distinct).toBeLessThanOrEqual(6);
  });

  it("repeats itself", () => {
    const run = () => forecastNode([group({ adapters: 60 })], settings(), qwen, short);
    expect(run()).toEqual(run());
  });

  it("names each field that is out of range, the rule and the fix", () => {
    const load = [group(), group({ requestsPerS: Number.NaN, rank: 64 })];
    expect(() => forecastNode(load, settings(), llama)).toThrow(
      /groups\[1\]\.requestsPerS: NaN is no rate\. Give a number of at least 0\..*groups\[1\]\.rank: is above max_lora_rank, which is 16/,
    );
    expect(() => forecastNode([], settings({ gpuMemoryUtilization: 1.2, maxLoras: -1 }), llama)).toThrow(
      /maxLoras: -1 is no whole number in range.*gpuMemoryUtilization: 1.2 is no share of the memory/,
    );
  });
});

describe("recommendSlots", () => {
  it("takes the best throughput of those that answer within a second, and the quickest of alike ones", () => {
    const of = (slots: number, tokensPerS: number, ttftS: number, starts = true, slotsFull = false) => ({
      ...{ slots, tokensPerS, ttftS, starts, slotsFull },
    });
    expect(bestForecast([of(8, 1_000, 20), of(16, 900, 0.4), of(32, 905, 0.2), of(64, 700, 0.1)])?.slots).toBe(32);
    expect(bestForecast([of(8, 1_000, 20), of(16, 900, 30), of(32, 2_000, 0.1, false)])?.slots).toBe(8);
    expect(bestForecast([of(16, 900, 0.1, true, true), of(32, 890, 0.2)])?.slots).toBe(32);
    expect(bestForecast([of(8, 1, 1, false)])).toBeNull();
    expect(bestForecast([])).toBeNull();
  });

  it("asks for slots where adapters wait for them, not for as many as start", () => {
    const { best, forecasts } = recommendSlots(
      [group({ adapters: 100, requestsPerS: 0.08 })],
      settings({ maxNumSeqs: 1_024 }),
      llama,
      { seconds: 600 },
    );
    expect(best?.slots).toBeGreaterThanOrEqual(32);
    expect(forecasts.at(-1)?.slots).toBe(128);
    expect(forecasts[0]?.ttftS).toBeGreaterThan(1);
  });
});

describe("costsOf", () => {
  it("takes what was measured, and scales and marks the rest", () => {
    expect(costsOf(llama.gpu, llama.model)).toBe(llama);
    const half = { ...llama.gpu, name: "half as fast", gigabytesPerS: llama.gpu.gigabytesPerS / 2 };
    const scaled = costsOf(half, llama.model);
    expect(scaled).toMatchObject({ extrapolated: true, error: null, gpu: { name: "half as fast" } });
    expect(scaled.source).toContain(`scaled from ${llama.model.name}`);
    expect(scaled.step.baseMs).toBeCloseTo(2 * llama.step.baseMs);
    expect(scaled.step.promptTokenMs).toBeCloseTo(llama.step.promptTokenMs);
  });
});

describe("expectedDistinct", () => {
  it("lies between none and all, and is near the requests in the node while they are few", () => {
    expect(expectedDistinct([group()], 0)).toBe(0);
    expect(expectedDistinct([group()], 1e9)).toBeCloseTo(20);
    expect(expectedDistinct([group({ requestsPerS: 0.001 })], 5)).toBeCloseTo(0.1, 3);
  });
});
