import { expect, it } from "vitest";
import { baseModelHint, directoryHint } from "./identity-hints.ts";

const pool = { baseModel: "acme/base", adapterDirectory: "/data/adapters" };

it("says what follows as soon as something is changed, and before that what it is", () => {
  expect(baseModelHint({ ...pool, baseModel: "acme/base " }, pool)).toContain("no loaded adapters");
  const renamed = baseModelHint({ ...pool, baseModel: "acme/other" }, pool);
  expect(renamed).toMatch(/takes them out of service\. acme\/base becomes an alias\.$/);
  expect(directoryHint({ ...pool, adapterDirectory: "/store" }, pool, "/var/store")).toMatch(
    /^Every node of the pool must mount the adapter store here\..* retried from the new directory\.$/,
  );
});

it("names the store that nodes have to mount, once it is known", () => {
  expect(directoryHint(pool, pool, "/var/store")).toMatch(
    /^Switchyard keeps adapters in \/var\/store\. Mount that directory on every node, read-only/,
  );
  expect(directoryHint(pool, pool, null)).toBe("Where the nodes mount the adapter store: an absolute path.");
});
