import { expect, it } from "vitest";
import { runCache } from "./run-cache.ts";

it("finds the cache equal to every peer, at a hundredth of the requests", async () => {
  const said: string[] = [];
  const measured = await runCache({ runs: 1, say: (line) => said.push(line), requests: 100_000 });
  const of = (metric: string) => measured.find((one) => one.metric === metric);
  expect(of("totals_that_differ")?.ours).toEqual([0]);
  expect(of("random_traces_that_differ")?.ours).toEqual([0]);
  expect(of("direct_64_over_map")?.peer).toMatchObject({ name: "Map LRU", values: [expect.any(Number)] });
  expect(said).toHaveLength(3);
});
