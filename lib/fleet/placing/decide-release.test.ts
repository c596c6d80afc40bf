import { describe, expect, it } from "vitest";
import { mayLeave } from "./decide-release.ts";

describe("a version that its adapter's move leaves behind", () => {
  it.each<[string, string[], string[], string[], boolean]>([
    ["stays while the new node loads", ["b"], ["a", "b"], ["a"], false],
    ["goes when the new node has proven it", ["b"], ["a", "b"], ["a", "b"], true],
    ["stays until all new nodes have proven it", ["b", "c"], ["a", "b", "c"], ["b"], false],
    ["does not wait for a node that is away", ["b", "c"], ["b"], ["b"], true],
    ["stays while no new node serves, whatever they proved before", ["b"], ["a"], ["a", "b"], false],
    ["goes when nobody wants it any more", [], ["a"], ["a"], true],
  ])("%s", (_name, wantedOn, open, provenOn, expected) => {
    expect(mayLeave({ wantedOn, open: new Set(open), provenOn: new Set(provenOn) })).toBe(expected);
  });
});
