import { expect, it } from "vitest";
import { adapterTitle, versionTitle } from "./object-title.ts";

it("names tenant, adapter and version, so that no two of them are called the same", () => {
  const lineage = { tenantName: "Northwind", adapterSlug: "support-bot" };
  expect(adapterTitle(lineage)).toBe("Northwind · support-bot");
  expect(versionTitle({ ...lineage, number: 2 })).toBe("Northwind · support-bot v2");
});
