import { describe, expect, it } from "vitest";
import type { TenantEntry } from "../snapshot/snapshot.ts";
import { adapter, makeSnapshot, tenant, version } from "../testing/make-snapshot.ts";
import { resolveTarget } from "./resolve-target.ts";

const NO_PINS = { versionId: null, nodeId: null, kind: "user" } as const;
const USUAL = makeSnapshot({});

function resolve(
  model: string | null,
  change: Partial<TenantEntry>,
  pins: Parameters<typeof resolveTarget>[2] = NO_PINS,
  snapshot = USUAL,
) {
  const target = resolveTarget(model, tenant("ten_acme", change), pins, snapshot);
  if ("status" in target) return `${target.status} ${target.code}`;
  switch (target.kind) {
    case "adapter":
      return `adapter ${target.adapter.id}`;
    case "base":
      return `base of ${target.pool.id}`;
    case "pinned":
      return `${target.version.id} on ${target.nodeId ?? "any"}`;
  }
}

describe("the model a caller means", () => {
  const two = [adapter("adp_a", { slug: "sales" }), adapter("adp_b", { slug: "support" })];
  const three = [...two, adapter("adp_c", { slug: "acme" })];
  it.each<[string, string | null, Partial<TenantEntry>, string]>([
    ["none", null, {}, "adapter adp_ten_acme"],
    ["default", "default", {}, "adapter adp_ten_acme"],
    ["the tenant's slug", "acme", {}, "adapter adp_ten_acme"],
    ["an adapter's slug", "support", { adapters: two }, "adapter adp_b"],
    ["no default among several", null, { adapters: two, defaultAdapter: null }, "404 model_not_found"],
    ["an adapter named like the tenant", "acme", { adapters: three }, "adapter adp_c"],
    ["the base model, not allowed", "base", {}, "404 model_not_found"],
    ["the base model, allowed", "base", { allowBaseModel: true }, "base of pool_1"],
    [
      "the base model of a pool that is not the tenant's",
      "base",
      { allowBaseModel: true, adapters: [] },
      "404 model_not_found",
    ],
    ["anything else", "gpt-4", { allowBaseModel: true }, "404 model_not_found"],
    ["a lora name", "lora-ver_2", { allowBaseModel: true }, "404 model_not_found"],
    ["an empty name", "", {}, "404 model_not_found"],
    ["no adapter at all", null, { adapters: [] }, "404 model_not_found"],
  ])("%s", (_name, model, change, expected) => {
    expect(resolve(model, change)).toBe(expected);
  });

  it("may be the base model for an evaluation, whatever the tenant may use", () => {
    expect(resolve("base", {}, { ...NO_PINS, kind: "eval" })).toBe("base of pool_1");
    expect(resolve("base", {}, { ...NO_PINS, kind: "shadow" })).toBe("404 model_not_found");
  });

  it("says which names there are", () => {
    const rejection = resolveTarget("gpt-4", tenant("ten_acme", { adapters: two }), NO_PINS, USUAL);
    expect(rejection).toMatchObject({ param: "model", message: expect.stringContaining("sales, support") });
  });
});

describe("a pinned version", () => {
  const pin = (versionId: string, nodeId: string | null) => ({ versionId, nodeId, kind: "eval" as const });
  it("is taken whatever the model says", () => {
    expect(resolve("gpt-4", {}, pin("ver_1", null))).toBe("ver_1 on any");
    expect(resolve(null, {}, pin("ver_1", "node_1"))).toBe("ver_1 on node_1");
  });

  it("does not exist for another tenant, like one nobody knows", () => {
    const foreign = makeSnapshot({ versions: [version("ver_1", { tenantId: "ten_globex" })] });
    expect(resolve(null, {}, pin("ver_1", null), foreign)).toBe("404 pinned_version_not_found");
    expect(resolve(null, {}, pin("ver_9", null))).toBe("404 pinned_version_not_found");
  });
});
