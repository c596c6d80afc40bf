import { expect, it } from "vitest";
import type { Pool } from "#lib/pools/schema.ts";
import { CreateImport } from "#lib/registry/browser/import-schema.ts";
import { type ImportValues, importBody } from "./import-body.ts";

const pool = { id: "pool_1", adapterDirectory: "/adapters" } as Pool;
const values: ImportValues = {
  ...{ poolId: "pool_1", adapterName: " ", way: "path", path: null, text: "tenant,path\n", sourceId: null },
  folder: " exports/today/ ",
};
const bodyOf = (way: ImportValues["way"]) => CreateImport.parse(importBody({ ...values, way }, pool, "src_1"));

it("sends for each way what the route takes, and what was proposed where nothing was typed", () => {
  expect(bodyOf("path")).toMatchObject({ adapterName: "Assistant", source: { path: "/adapters" } });
  expect(bodyOf("table")).toMatchObject({ kind: "csv", source: { text: "tenant,path\n" } });
  expect(bodyOf("bucket")).toMatchObject({ source: { sourceId: "src_1", path: "exports/today" } });
});

it("does not take an emptied folder for the proposed one", () => {
  expect(importBody({ ...values, path: "" }, pool)).toMatchObject({ source: { path: "" } });
});
