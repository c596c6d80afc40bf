import { describe, expect, it } from "vitest";
import { RetryBudget } from "./retry-budget.ts";

function setUp() {
  const clock = { ms: 5_000_500 };
  const budget = new RetryBudget(() => clock.ms);
  const spend = (tries: number) => Array.from({ length: tries }, () => budget.take()).filter(Boolean).length;
  const request = (count: number) => {
    for (let index = 0; index < count; index += 1) budget.noteRequest();
  };
  return { clock, spend, request };
}

describe("RetryBudget", () => {
  it("allows ten retries in ten seconds, however quiet it is", () => {
    const { clock, spend } = setUp();
    expect(spend(19)).toBe(10);
    clock.ms += 8_000;
    expect(spend(19)).toBe(0);
    clock.ms += 2_000;
    expect(spend(19)).toBe(10);
    clock.ms += 86_400_000;
    expect(spend(19)).toBe(10);
  });

  it("allows a tenth of what was asked in the last ten seconds", () => {
    const { clock, spend, request } = setUp();
    request(200);
    clock.ms += 3_000;
    request(200);
    expect(spend(99)).toBe(40);
    clock.ms += 7_000;
    expect(spend(99)).toBe(0);
    clock.ms += 3_000;
    expect(spend(99)).toBe(10);
  });
});
