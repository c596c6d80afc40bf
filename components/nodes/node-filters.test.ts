import { describe, expect, it } from "vitest";
import { filterNodes, NO_FILTER } from "./node-filters.ts";
import { nodeNamed } from "./testing/node-named.ts";

const namesOf = (nodes: readonly { name: string }[]) => nodes.map(({ name }) => name);

describe("filterNodes", () => {
  const warned = { problems: 0, warnings: 1, at: "2026-11-24T08:00:00Z" };
  const fleet = [
    nodeNamed("a100-1", { findings: { ...warned, warnings: 0 } }),
    nodeNamed("a100-2", { findings: warned }),
    nodeNamed("h100-1", { health: "draining", gpu: "H100" }),
    nodeNamed("h100-2", { drift: [{ loraName: "x", since: "2026-11-24T08:00:00Z" }] }),
  ];

  it("leaves all when nothing is asked", () => {
    expect(filterNodes(fleet, NO_FILTER)).toHaveLength(4);
  });

  it("looks for text in name, address, pool, release and GPU, without regard to case", () => {
    expect(namesOf(filterNodes(fleet, { ...NO_FILTER, q: "h100" }))).toEqual(["h100-1", "h100-2"]);
    expect(namesOf(filterNodes(fleet, { ...NO_FILTER, q: "8100" }))).toHaveLength(4);
  });

  it("joins its conditions", () => {
    expect(namesOf(filterNodes(fleet, { q: "h100", health: "draining", attention: false }))).toEqual(["h100-1"]);
    expect(filterNodes(fleet, { q: "a100", health: "draining", attention: false })).toEqual([]);
  });

  it("finds nodes with warnings and with node drift, and does not call a drain one", () => {
    expect(namesOf(filterNodes(fleet, { ...NO_FILTER, attention: true }))).toEqual(["a100-2", "h100-2"]);
  });
});
