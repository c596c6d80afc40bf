import { describe, expect, it } from "vitest";
import type { Version } from "#lib/registry/schema.ts";
import { comparedWith, compareHref, neighboursOf } from "./lineage.ts";

const version = (number: number, rest: Partial<Version> = {}) =>
  ({ id: `ver_${number}`, number, state: "ready", aliases: [], ...rest }) as unknown as Version;
const lineage = [version(4), version(3, { state: "deleted" }), version(2), version(1, { aliases: ["live"] })];
const numbers = ({ previous, next }: ReturnType<typeof neighboursOf>) => [previous?.number, next?.number];

describe("a lineage", () => {
  it("goes from version to version past the deleted ones", () => {
    expect(numbers(neighboursOf(lineage, 2))).toEqual([1, 4]);
    expect(numbers(neighboursOf(lineage, 4))).toEqual([2, undefined]);
  });

  it("compares with what is live, else with the version before, and with nothing when alone", () => {
    expect(comparedWith(lineage, version(4))?.number).toBe(1);
    expect(comparedWith(lineage, version(1))?.number).toBe(2);
    expect(comparedWith([version(2), version(1)], version(2))?.number).toBe(1);
    expect(comparedWith([version(1)], version(1))).toBeNull();
  });

  it("puts the older one on the left, whichever was chosen first", () => {
    const expected = "/adapters/adp_1/compare?a=ver_1&b=ver_4";
    expect(compareHref("adp_1", version(4), version(1))).toBe(expected);
    expect(compareHref("adp_1", version(1), version(4))).toBe(expected);
  });
});
