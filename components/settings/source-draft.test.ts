import { expect, it } from "vitest";
import type { ImportSource } from "#lib/registry/browser/source-schema.ts";
import { changeOf, draftOf } from "./source-draft.ts";

const source: ImportSource = {
  id: "src_1",
  name: "Exports",
  endpoint: "http://10.0.0.9:9000",
  region: "eu-central-1",
  bucket: "exports",
  prefix: "tenants/",
  accessKeyId: "AKIA",
  generation: 1,
  createdAt: "2026-11-24T00:00:00Z",
  lastUsedAt: null,
};

it("sends what was changed and nothing else, so that a secret nobody entered stays", () => {
  expect(changeOf(source, draftOf(source))).toEqual({});
  expect(changeOf(source, { ...draftOf(source), name: "All exports" })).toEqual({ name: "All exports" });
  expect(changeOf(source, { ...draftOf(source), secretAccessKey: "new" })).toEqual({ secretAccessKey: "new" });
  expect(changeOf(source, { ...draftOf(source), prefix: "" })).toEqual({ prefix: "" });
});
