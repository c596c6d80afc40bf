import { describe, expect, it } from "vitest";
import { judgeTenantControl, type TenantAnswers } from "./judge-control.ts";

type Adapter = TenantAnswers["adapters"][number];
const adapter = (change: Partial<Adapter> = {}): Adapter => ({
  slug: "bot",
  previousNodes: null,
  poolAllowsBase: true,
  hasProvider: false,
  ...change,
});
const tenant = (change: Partial<TenantAnswers> = {}): TenantAnswers => ({
  name: "Globex",
  status: "active",
  fallback: "base_model",
  adapters: [adapter()],
  ...change,
});
const reasonOf = (...ask: Parameters<typeof judgeTenantControl>) => judgeTenantControl(...ask)?.reason ?? null;

describe("serve_previous", () => {
  it("needs a previous version that is proven on a serving node", () => {
    expect(reasonOf("serve_previous", tenant())).toBe("no_previous_version");
    const unloaded = judgeTenantControl("serve_previous", tenant({ adapters: [adapter({ previousNodes: 0 })] }));
    expect(unloaded).toMatchObject({
      message: "The previous version of Globex is proven on no node that serves customers.",
      fix: "Serve its fallback instead.",
    });
    expect(reasonOf("serve_previous", tenant({ adapters: [adapter(), adapter({ previousNodes: 1 })] }))).toBeNull();
  });
});

describe("serve_fallback", () => {
  it.each<[string, Partial<TenantAnswers>, string | null]>([
    ["a tenant that would be rejected", { fallback: "reject" }, "fallback_rejects"],
    ["the base model", {}, null],
    ["a pool that forbids the base model", { adapters: [adapter({ poolAllowsBase: false })] }, "no_fallback"],
    [
      "a previous version in such a pool",
      { fallback: "previous_version", adapters: [adapter({ poolAllowsBase: false, previousNodes: 2 })] },
      null,
    ],
    [
      "a previous version that is on no node",
      { fallback: "previous_version", adapters: [adapter({ poolAllowsBase: false, previousNodes: 0 })] },
      "no_fallback",
    ],
    [
      "a hosted provider",
      { fallback: "hosted_provider", adapters: [adapter({ poolAllowsBase: false, hasProvider: true })] },
      null,
    ],
    [
      "a hosted provider that nobody has set",
      { fallback: "hosted_provider", adapters: [adapter({ poolAllowsBase: false })] },
      "no_fallback",
    ],
    ["a tenant with nothing live", { adapters: [] }, "no_fallback"],
  ])("%s", (_name, change, reason) => {
    expect(reasonOf("serve_fallback", tenant(change))).toBe(reason);
  });
});

it.each(["serve_previous", "serve_fallback", "shed"] as const)("%s changes nothing for a suspended tenant", (kind) => {
  expect(reasonOf(kind, tenant({ status: "suspended" }))).toBe("tenant_not_active");
});

it("sheds whoever is active", () => {
  expect(reasonOf("shed", tenant({ adapters: [], fallback: "reject" }))).toBeNull();
});
