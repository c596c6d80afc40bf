import { describe, expect, it } from "vitest";
import { changeHref, diffWords, moreWords } from "./change-words.ts";

const field = (name: string, before: string | null, after: string | null) => ({ field: name, before, after });

describe("words of a change", () => {
  it("tell two fields, and how many more there are", () => {
    const diff = [field("a", null, "1"), field("b", "2", "3"), field("c", "4", null)];
    expect(diffWords(diff)).toBe("a: none → 1, b: 2 → 3");
    expect(moreWords(diff)).toBe("1 more");
    expect(diffWords([])).toBe("");
    expect(moreWords([])).toBe("Details");
  });

  it("lead to the object, else to its tenant, else nowhere", () => {
    expect(changeHref({ objectId: "node_1", tenantId: null })).toBe("/nodes/node_1");
    expect(changeHref({ objectId: "alr_1", tenantId: "ten_1" })).toBe("/alerts/alr_1");
    expect(changeHref({ objectId: "key_1", tenantId: "ten_1" })).toBe("/tenants/ten_1");
    expect(changeHref({ objectId: "set_1", tenantId: null })).toBeNull();
  });
});
