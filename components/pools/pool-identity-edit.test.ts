import { expect, it } from "vitest";
import type { Pool } from "#lib/pools/schema.ts";
import { baseModelHint, directoryHint, identityOf, toIdentity } from "./pool-identity-edit.ts";

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

it("says what follows as soon as something is changed, and before that what it is", () => {
  expect(baseModelHint({ ...saved, baseModel: "acme/base " }, pool)).toContain("no loaded adapters");
  const renamed = baseModelHint({ ...saved, baseModel: "acme/other" }, pool);
  expect(renamed).toMatch(/takes them out of service\. acme\/base becomes an alias\.$/);
  expect(directoryHint({ ...saved, adapterDirectory: "/store" }, pool, "/var/store")).toMatch(
    /^Every node of the pool must mount the adapter store here\..* retried from the new directory\.$/,
  );
});

it("names the store that nodes have to mount, once it is known", () => {
  expect(directoryHint(saved, pool, "/var/store")).toMatch(
    /^Switchyard keeps adapters in \/var\/store\. Mount that directory on every node, read-only/,
  );
  expect(directoryHint(saved, pool, null)).toBe("Where the nodes mount the adapter store: an absolute path.");
});
