import { describe, expect, it } from "vitest";
import { DEMO_TENANTS, type DemoTenant, type Story } from "./companies.ts";
import { awaitsFirstCutover, nextSeedStep, type SeedStep, type TenantFacts } from "./next-seed-step.ts";

const planOf = (story: Story): DemoTenant => ({ slug: "acme", name: "Acme", desk: "orders", story, skill: 1 });
const nothing: TenantFacts = { tenant: null, adapter: null, versions: [], hasSuite: false, runs: [], cutovers: [] };

/** What the product would hold after a step, so that a story can be walked from nothing to its end. */
function after(facts: TenantFacts, step: SeedStep, outcome: string): TenantFacts {
  switch (step.kind) {
    case "create_tenant":
      return { ...facts, tenant: { id: "ten_1", status: "active" } };
    case "create_adapter":
      return { ...facts, adapter: { id: "adp_1", hasOrigin: false } };
    case "set_origin":
      return { ...facts, adapter: { id: step.adapterId, hasOrigin: true } };
    case "open_version":
      return {
        ...facts,
        versions: [...facts.versions, { id: `ver_${step.number}`, number: step.number, state: "ready" }],
      };
    case "send_files":
      return facts;
    case "create_suite":
      return { ...facts, hasSuite: true };
    case "stage":
      return step.startsRun
        ? { ...facts, runs: [...facts.runs, { candidateVersionId: step.versionId, state: "completed", outcome }] }
        : facts;
    case "start_cutover":
      return { ...facts, cutovers: [...facts.cutovers, { toVersionId: step.versionId, isOver: true }] };
    case "wait":
    case "done":
      return facts;
  }
}

function walk(story: Story, outcome = "pass"): string[] {
  const kinds: string[] = [];
  let facts = nothing;
  for (let at = 0; at < 20; at += 1) {
    const step = nextSeedStep(planOf(story), facts);
    const detail = step.kind === "start_cutover" && step.isAdopted ? " adopted" : "";
    kinds.push(step.kind + detail);
    if (step.kind === "done" || (step.kind === "stage" && !step.startsRun)) return kinds;
    facts = after(facts, step, outcome);
  }
  throw new Error("the story does not end");
}

const START = ["create_tenant", "create_adapter", "open_version"];

describe("nextSeedStep", () => {
  it.each<[Story, string, string[]]>([
    ["adopted", "pass", ["start_cutover adopted", "done"]],
    ["onboarding", "pass", ["stage"]],
    ["gated", "pass", ["create_suite", "stage", "start_cutover", "done"]],
    ["gated", "inconclusive", ["create_suite", "stage", "done"]],
    ["updated", "pass", ["start_cutover adopted", "open_version", "create_suite", "stage", "start_cutover", "done"]],
    ["failing", "fail", ["start_cutover adopted", "open_version", "create_suite", "stage", "done"]],
  ])("walks the story %s with a gate that ends in %s", (story, outcome, rest) => {
    expect(walk(story, outcome)).toEqual([...START, ...rest]);
  });

  it("sets the origin of a tenant that moves in first, and leaves it there behind its passed gate", () => {
    const [create, adapter, ...rest] = ["create_tenant", "create_adapter", "set_origin", "open_version"];
    expect(walk("moving_in")).toEqual([create, adapter, ...rest, "create_suite", "stage", "done"]);
    const movedOn = {
      ...nothing,
      tenant: { id: "t", status: "active" },
      adapter: { id: "a", hasOrigin: false },
      versions: [{ id: "v", number: 1, state: "ready" }],
    };
    expect(nextSeedStep(planOf("moving_in"), movedOn).kind).toBe("create_suite");
  });

  it("sends the files again when an upload broke off", () => {
    const facts = {
      ...nothing,
      tenant: { id: "t", status: "active" },
      adapter: { id: "a", hasOrigin: false },
      versions: [{ id: "v", number: 1, state: "draft" }],
    };
    expect(nextSeedStep(planOf("adopted"), facts)).toEqual({ kind: "send_files", versionId: "v", number: 1 });
  });

  it("waits for a gate or a cutover under way, and leaves alone what people decided", () => {
    const ready = {
      ...nothing,
      tenant: { id: "t", status: "active" },
      adapter: { id: "a", hasOrigin: false },
      versions: [{ id: "v", number: 1, state: "ready" }],
      hasSuite: true,
    };
    const step = (story: Story, more: Partial<TenantFacts>) => nextSeedStep(planOf(story), { ...ready, ...more }).kind;
    expect(step("gated", { runs: [{ candidateVersionId: "v", state: "running", outcome: null }] })).toBe("wait");
    expect(step("adopted", { cutovers: [{ toVersionId: "v", isOver: false }] })).toBe("wait");
    expect(step("adopted", { tenant: { id: "t", status: "suspended" } })).toBe("done");
    expect(step("gated", { runs: [{ candidateVersionId: "v", state: "cancelled", outcome: null }] })).toBe("done");
    expect(step("adopted", { versions: [{ id: "v", number: 1, state: "quarantined" }] })).toBe("done");
  });
});

describe("a version after the story's own", () => {
  const live: TenantFacts = {
    ...nothing,
    tenant: { id: "t", status: "active" },
    adapter: { id: "a", hasOrigin: false },
    versions: [{ id: "v1", number: 1, state: "ready" }],
    cutovers: [{ toVersionId: "v1", isOver: true }],
  };
  const step = (more: DemoTenant["more"], state?: string) =>
    nextSeedStep(
      { ...planOf("adopted"), ...(more ? { more } : {}) },
      { ...live, versions: [...live.versions, ...(state ? [{ id: "v2", number: 2, state }] : [])] },
    ).kind;

  it("is opened once version 1 is live, and left as it came out", () => {
    expect([step(undefined), step("rejected"), step("rejected", "rejected")]).toEqual(["done", "open_version", "done"]);
    expect([step("spare", "draft"), step("spare", "ready")]).toEqual(["send_files", "done"]);
    expect([step("draft"), step("draft", "draft")]).toEqual(["open_version", "done"]);
  });
});

describe("awaitsFirstCutover", () => {
  const ready: TenantFacts = {
    ...nothing,
    tenant: { id: "t", status: "active" },
    versions: [{ id: "v", number: 1, state: "ready" }],
  };
  const awaits = (story: Story, more: Partial<TenantFacts> = {}) =>
    awaitsFirstCutover(planOf(story), { ...ready, ...more });

  it("is true for adopted tenants until their first cutover is over", () => {
    expect((["adopted", "updated", "failing"] as const).map((story) => awaits(story))).toEqual([true, true, true]);
    expect(awaits("adopted", { tenant: null, versions: [] })).toBe(true);
    expect(awaits("adopted", { cutovers: [{ toVersionId: "v", isOver: false }] })).toBe(true);
    expect(awaits("updated", { cutovers: [{ toVersionId: "v", isOver: true }] })).toBe(false);
  });

  it("does not hold up the demo for what waits for a gate or will never be live", () => {
    expect([awaits("gated"), awaits("onboarding"), awaits("moving_in")]).toEqual([false, false, false]);
    expect(awaits("adopted", { tenant: { id: "t", status: "suspended" } })).toBe(false);
    expect(awaits("adopted", { versions: [{ id: "v", number: 1, state: "rejected" }] })).toBe(false);
  });
});

describe("DEMO_TENANTS", () => {
  it("are forty, each slug once, with the stories that the issue asks for", () => {
    expect(new Set(DEMO_TENANTS.map((tenant) => tenant.slug)).size).toBe(40);
    const count = (...stories: Story[]) => DEMO_TENANTS.filter((tenant) => stories.includes(tenant.story)).length;
    expect(count("gated", "updated")).toBeGreaterThanOrEqual(8);
    expect([count("failing"), count("onboarding"), count("moving_in")]).toEqual([1, 1, 1]);
    // Versions that are loaded at the same time must fit the pool's CPU cache of 48.
    expect(DEMO_TENANTS.length + count("updated", "failing")).toBeLessThanOrEqual(48);
  });
});
