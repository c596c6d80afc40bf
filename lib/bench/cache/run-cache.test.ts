import { expect, it } from "vitest";
import { runCache } from "./run-cache.ts";

it("finds the cache and the curve equal to plain lists", async () => {
  const measured = await runCache({ log: () => {}, requests: 100_000 });
  expect(measured.map(({ ours }) => ours)).toEqual([[0], [0]]);
});
