import { describe, expect, it } from "vitest";
import { searchTarget } from "./search-target.ts";

const HEX = "0123456789abcdef0123456789abcdef";

describe("searchTarget", () => {
  it.each([
    [`ver_${HEX}`, `/versions/ver_${HEX}`],
    [` TEN_${HEX} `, `/tenants/ten_${HEX}`],
    [`run_${HEX}`, `/evals/runs/run_${HEX}`],
    [`req_${HEX}`, `/requests/req_${HEX}`],
  ])("%s opens %s", (text, href) => {
    expect(searchTarget(text)).toEqual({ kind: "page", href });
  });

  it.each([
    ["abc123", "abc123"],
    [`sha256:${HEX}${HEX}`, `${HEX}${HEX}`],
    ["northwind--support-bot--v2-abcdef012345", "abcdef012345"],
  ])("%s names a version by its digest", (text, prefix) => {
    expect(searchTarget(text)).toEqual({ kind: "digest", prefix });
  });

  it.each(["northwind", "abc12", `zzz_${HEX}`, "ver_123", "", "support bot"])("%j is only words", (text) => {
    expect(searchTarget(text)).toBeNull();
  });
});
