import { expect, it } from "vitest";
import { AddNode } from "#lib/fleet/schema.ts";
import { EMPTY_NODE, fieldStep, toInspection, toNewNode } from "./new-node.ts";

const typed = { ...EMPTY_NODE, poolId: "pool_1", name: "node-1", baseUrl: "http://10.0.0.7:8000" };

it("leaves out what was left empty, and never sends a price that is no number", () => {
  expect(toNewNode({ ...typed, apiKey: " ", gpu: "" })).toEqual({
    poolId: "pool_1",
    name: "node-1",
    baseUrl: "http://10.0.0.7:8000",
    standalone: false,
  });
  expect(toNewNode({ ...typed, pricePerHour: 0 })).toMatchObject({ pricePerHour: 0 });
  const refused = AddNode.safeParse(toNewNode({ ...typed, pricePerHour: Number.NaN }));
  expect(refused.error?.issues.map(({ path }) => path)).toEqual([["pricePerHour"]]);
});

it("inspects a node for a pool, or for none yet", () => {
  expect(toInspection({ ...typed, poolId: "" })).toEqual({ baseUrl: typed.baseUrl });
  expect(toInspection({ ...typed, apiKey: "key" })).toEqual({
    baseUrl: typed.baseUrl,
    apiKey: "key",
    poolId: "pool_1",
  });
});

it("knows on which step a field stands", () => {
  expect(Object.keys(EMPTY_NODE).map(fieldStep)).not.toContain(null);
  expect(fieldStep("body")).toBeNull();
});
