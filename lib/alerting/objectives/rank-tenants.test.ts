import fc from "fast-check";
import { expect, it } from "vitest";
import { overObjective, rankTenants, type TenantOverRange } from "./rank-tenants.ts";

const tenant = (tenantId: string, p95Ms: number | null, objectiveMs: number | null, fallbackShare = 0) => ({
  ...{ tenantId, p95Ms, objectiveMs, fallbackShare },
});

it("ranks by how far over the promise, then by fallbacks, and those without a promise after, by p95", () => {
  const ranked = rankTenants([
    tenant("free-slow", 9_000, null),
    tenant("kept", 300, 1_000),
    tenant("as-far-on-fallback", 700, 500, 0.5),
    tenant("unanswered", null, 500),
    tenant("as-far", 1_400, 1_000),
    tenant("free-fast", 100, null),
    tenant("far", 100, 50),
    tenant("free-unanswered", null, null),
  ]);
  expect(ranked.map(({ tenantId }) => tenantId)).toEqual([
    ...["far", "as-far-on-fallback", "as-far", "kept", "unanswered"],
    ...["free-slow", "free-fast", "free-unanswered"],
  ]);
  expect(ranked.map(overObjective)).toEqual([2, 1.4, 1.4, 0.3, null, null, null, null]);
});

it("keeps everybody, whatever the order they came in", () => {
  const some = fc.option(fc.integer({ min: 0, max: 3 }).map((n) => n * 100));
  const arbitrary = fc.record({
    tenantId: fc.string({ minLength: 1, maxLength: 3 }),
    p95Ms: some,
    objectiveMs: fc.option(fc.integer({ min: 1, max: 3 }).map((n) => n * 100)),
    fallbackShare: fc.option(fc.constantFrom(0, 0.5, 1)),
  });
  fc.assert(
    fc.property(fc.uniqueArray(arbitrary, { selector: ({ tenantId }) => tenantId }), (tenants: TenantOverRange[]) => {
      const ranked = rankTenants(tenants);
      expect(new Set(ranked)).toEqual(new Set(tenants));
      expect(rankTenants([...tenants].reverse())).toEqual(ranked);
      const promised = ranked.map(({ objectiveMs }) => objectiveMs !== null);
      expect(promised).toEqual([...promised].sort().reverse());
    }),
  );
});
