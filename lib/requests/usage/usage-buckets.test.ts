import { describe, expect, it } from "vitest";
import { bucketOf, INTER_TOKEN_MS, LATENCY_MS, QUEUED_MS, TTFT_MS } from "./usage-buckets.ts";

describe("bucketOf", () => {
  it.each([
    ["ttft", TTFT_MS],
    ["inter-token", INTER_TOKEN_MS],
    ["latency", LATENCY_MS],
    ["queued", QUEUED_MS],
  ])("finds the first bound of %s that is not below the value", (_name, bounds: readonly number[]) => {
    const slow = (value: number) => {
      const found = bounds.findIndex((bound) => value <= bound);
      return found < 0 ? bounds.length : found;
    };
    const values = [0, ...bounds.flatMap((bound) => [bound - 0.5, bound, bound + 0.5]), 1e9];
    for (const value of values) expect(bucketOf(bounds, value), String(value)).toBe(slow(value));
    expect([...bounds].sort((a, b) => a - b)).toEqual(bounds);
  });
});
