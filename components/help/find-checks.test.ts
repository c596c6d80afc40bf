import { describe, expect, it } from "vitest";
import { CHECK_LIST } from "#lib/registry/browser/check-catalogue.ts";
import { findChecks } from "./find-checks.ts";

const codes = (text: string) => findChecks(CHECK_LIST, text).map(({ code }) => code);

describe("the search over check codes", () => {
  it("finds a code as a report writes it, and by words in any order", () => {
    expect(codes("wrong_prefix")).toEqual(["wrong_prefix"]);
    expect(codes("  Prefix WRONG ")).toEqual(["wrong_prefix"]);
    expect(codes("rank pool")).toContain("rank_above_pool");
    expect(codes("git lfs")).toEqual(["lfs_pointer"]);
  });

  it("shows all for nothing typed, and none for what no check says", () => {
    expect(codes(" ")).toHaveLength(CHECK_LIST.length);
    expect(codes("quarterly revenue")).toEqual([]);
  });
});
