import fc from "fast-check";
import { expect, it } from "vitest";
import { OBJECTIVE_KINDS } from "#lib/alerting/browser/objective-kinds.ts";
import { CreateObjective } from "#lib/alerting/browser/objective-schema.ts";
import { createOf, targetOf, targetText, valuesOf } from "./objective-body.ts";

it("takes shares in percent and latencies in ms, with or without their unit", () => {
  expect(targetOf("availability", "99.9 %")).toBe(0.999);
  expect(targetOf("fallback_share", "0.5")).toBe(0.005);
  expect(targetOf("latency_p95", "1200 ms")).toBe(1_200);
  expect(targetOf("latency_p95", "1,200")).toBe(1_200);
});

it("makes of what is no number a target that is refused, and never one that holds", () => {
  const isTaken = (target: number) => CreateObjective.shape.target.safeParse(target).success;
  expect(
    ["", " ", "x", "1 20", "1.200", "1e3", "%"].map((text) => isTaken(targetOf("latency_p95", text))),
  ).not.toContain(true);
  fc.assert(
    fc.property(fc.string(), (text) => {
      const target = targetOf("availability", text);
      return !isTaken(target) || Number.isFinite(Number(text.trim().replace(/\s*(ms|%)$/, "")));
    }),
  );
});

it("is typed as it is shown", () => {
  fc.assert(
    fc.property(fc.constantFrom(...OBJECTIVE_KINDS), fc.integer({ min: 1, max: 99_999 }), (kind, parts) => {
      const target = kind.endsWith("p95") ? parts : parts / 100_000;
      return targetOf(kind, targetText({ kind, target })) === target;
    }),
  );
});

it("names one scope, and shows a pool's to no customer", () => {
  const values = { ...valuesOf(null), target: "1200", visibility: "customer" as const };
  expect(createOf({ ...values, scope: "ten_1" })).toMatchObject({
    tenantId: "ten_1",
    visibility: "customer",
    windowDays: 7,
  });
  expect(createOf({ ...values, scope: "pool_1" })).toMatchObject({ poolId: "pool_1", visibility: "staff" });
});
