import { describe, expect, it } from "vitest";
import { newId } from "#lib/platform/ids.ts";
import { mayStillCome } from "./request-age.ts";

describe("a request that is not on record", () => {
  it("may still come while its id is young", () => {
    const id = newId("request");
    expect(mayStillCome(id, Date.now())).toBe(true);
    expect(mayStillCome(id, Date.now() + 61_000)).toBe(false);
  });

  it("never comes when its id is none", () => {
    for (const id of ["req_1", "ten_01a2135ff0537df18272563538bdc347", "req_zz", ""])
      expect(mayStillCome(id, Date.now())).toBe(false);
  });
});
