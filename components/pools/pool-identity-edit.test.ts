import { expect, it } from "vitest";
import type { Pool } from "#lib/pools/schema.ts";
import { identityOf, toIdentity } from "./pool-identity-edit.ts";

const pool = {
  generation: 4,
  baseModel: "acme/base",
  adapterDirectory: "/data/adapters",
  baseAliases: ["", "unsloth/base"],
} as Pool;
const saved = identityOf(pool);

it("sends only what changed", () => {
  expect(toIdentity(saved, pool)).toEqual({});
  expect(toIdentity({ ...saved, adapterDirectory: " /store " }, pool)).toEqual({ adapterDirectory: "/store" });
  expect(toIdentity({ ...saved, baseModel: "acme/other" }, pool)).toEqual({ baseModel: "acme/other" });
});

it.each([
  ["", []],
  ["\n\n", []],
  ["unsloth/base\n/models/*\n", ["unsloth/base", "/models/*"]],
  ["\nunsloth/base", ["", "unsloth/base"]],
])("reads %j as aliases", (baseAliases, expected) => {
  expect(toIdentity({ ...saved, baseAliases }, { ...pool, baseAliases: ["former"] })).toEqual({
    baseAliases: expected,
  });
});
