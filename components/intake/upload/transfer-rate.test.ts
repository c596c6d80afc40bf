import { expect, it } from "vitest";
import { secondsLeft, TransferRate } from "./transfer-rate.ts";

const rateOf = (...marks: [number, number][]) => {
  const rate = new TransferRate();
  for (const [at, bytes] of marks) rate.add(at, bytes);
  return rate.bytesPerSecond();
};

it("says nothing before it has seen enough", () => {
  expect(rateOf()).toBeNull();
  expect(rateOf([0, 0], [400, 4000])).toBeNull();
  expect(rateOf([0, 0], [1000, 5000])).toBe(5000);
});

it("is steady over a stall, and follows a line that got slower", () => {
  const steady: [number, number][] = Array.from({ length: 20 }, (_, i) => [i * 500, i * 5000]);
  expect(rateOf(...steady)).toBe(10_000);
  expect(rateOf(...steady, [10_500, 95_000])).toBeGreaterThan(7000);
  const slower: [number, number][] = Array.from({ length: 20 }, (_, i) => [10_000 + i * 500, 95_000 + i * 500]);
  expect(rateOf(...steady, ...slower)).toBeLessThan(1100);
});

it("leaves a pause out", () => {
  const rate = new TransferRate();
  rate.add(0, 0);
  rate.add(1000, 10_000);
  rate.restart();
  rate.add(60_000, 10_000);
  rate.add(61_000, 20_000);
  expect(rate.bytesPerSecond()).toBe(10_000);
});

it("guesses the time left only after a tenth", () => {
  expect(secondsLeft(9, 100, 10)).toBeNull();
  expect(secondsLeft(10, 100, 10)).toBe(9);
  expect(secondsLeft(50, 100, null)).toBeNull();
  expect(secondsLeft(50, 100, 0)).toBeNull();
});
