import { expect, it } from "vitest";
import { manualClock } from "#lib/platform/clock.ts";
import { runOnGrid } from "./grid.ts";

const START = Date.UTC(2026, 10, 25, 12, 0, 3);

/** Lets everything that waits for nothing but promises go on. */
const settle = () => new Promise((done) => setImmediate(done));

function startGrid() {
  const clock = manualClock(new Date(START));
  const stop = new AbortController();
  const instants: number[] = [];
  let steady = 0;
  const ended = runOnGrid(
    { intervalMs: 10_000, clock, steadyMs: () => steady, signal: stop.signal },
    () => void instants.push(steady),
  );
  const pass = async (ms: number) => {
    steady += ms;
    clock.advance(ms);
    await settle();
  };
  const end = () => {
    stop.abort();
    return ended;
  };
  return { instants, pass, end };
}

it("scrapes once and then on the multiples of the interval, without drift", async () => {
  const grid = startGrid();
  for (let second = 0; second < 40; second += 1) await grid.pass(1_000);
  expect(grid.instants).toEqual([0, 7_000, 17_000, 27_000, 37_000]);
  await grid.end();
});

it("is not moved by a timer that comes late, and leaves out what it missed", async () => {
  const grid = startGrid();
  await grid.pass(7_400);
  await grid.pass(9_600);
  await grid.pass(25_000);
  await grid.pass(5_000);
  expect(grid.instants).toEqual([0, 7_400, 17_000, 42_000, 47_000]);
  await grid.end();
});

it("ends with its signal", async () => {
  const grid = startGrid();
  await grid.end();
  await grid.pass(60_000);
  expect(grid.instants).toEqual([0]);
});
