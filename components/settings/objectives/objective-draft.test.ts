import fc from "fast-check";
import { expect, it } from "vitest";
import { createOf, draftOf, targetOf } from "./objective-draft.ts";

it("takes shares in percent and latencies in ms, with or without their unit", () => {
  expect(targetOf("availability", "99.9 %")).toBe(0.999);
  expect(targetOf("fallback_share", "0.5")).toBe(0.005);
  expect(targetOf("latency_p95", "1200 ms")).toBe(1_200);
});

it("makes of what is no number a target that is refused, and never one that holds", () => {
  fc.assert(
    fc.property(
      fc.string(),
      (text) => Number.isFinite(targetOf("availability", text)) && targetOf("latency_p95", "x") === 0,
    ),
  );
});

it("names one scope, and shows a pool's to no customer", () => {
  const draft = { ...draftOf(null), target: "1200", visibility: "customer" as const };
  expect(createOf({ ...draft, scope: "ten_1" })).toMatchObject({
    tenantId: "ten_1",
    visibility: "customer",
    windowDays: 7,
  });
  expect(createOf({ ...draft, scope: "pool_1" })).toMatchObject({ poolId: "pool_1", visibility: "staff" });
});
