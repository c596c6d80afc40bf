import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AdapterEntry, ControlEntry, Snapshot, TenantEntry } from "../snapshot/snapshot.ts";
import { adapter, control, endpoint, makeSnapshot, pool, tenant, version } from "../testing/make-snapshot.ts";
import { type Option, planRoute } from "./plan-route.ts";
import type { Target } from "./resolve-target.ts";

const NOW = new Date(1_000_000);
const later = (seconds: number) => new Date(NOW.getTime() + seconds * 1000);

const label = (option: Option): string =>
  `${option.isFallback ? "" : "own "}${option.via} ${option.on === "node" ? option.model : option.endpoint.id}`;

type Given = {
  tenant?: Partial<TenantEntry>;
  adapter?: Partial<AdapterEntry>;
  world?: Parameters<typeof makeSnapshot>[0];
  unit?: number;
  mirrorUnit?: number;
  target?: (snapshot: Snapshot, adapter: AdapterEntry) => Target;
};

function planOf({ tenant: change, adapter: route, world, unit = 0.5, mirrorUnit = 0.5, target }: Given) {
  const own = adapter("adp_ten_acme", route);
  const acme = tenant("ten_acme", { adapters: [own], ...change });
  const snapshot = makeSnapshot({
    versions: [version("ver_1"), version("ver_2"), version("ver_3")],
    endpoints: [endpoint("end_origin"), endpoint("end_hosted", { tenantId: null })],
    ...world,
    tenants: [acme],
  });
  return planRoute(
    {
      tenant: acme,
      target: target?.(snapshot, own) ?? { kind: "adapter", adapter: own },
      unit: () => unit,
      mirrorUnit: () => mirrorUnit,
      now: NOW,
    },
    snapshot,
  );
}

function options(given: Given): string[] {
  const plan = planOf(given);
  return plan.kind === "plan" ? plan.options.map(label) : [`${plan.rejection.status} ${plan.rejection.code}`];
}

const NO_BASE = { pools: [pool("pool_1", { fallback: "reject" })] };
const MOVED_IN = { previousVersionId: null, originEndpointId: "end_origin" };
const AT_ORIGIN = { liveVersionId: null, previousVersionId: null, originEndpointId: "end_origin" };

describe("what may answer, in the order of preference", () => {
  it.each<[string, Given, string[]]>([
    ["live, then the base model", {}, ["own primary lora-ver_2", "base_model base"]],
    ["live only", { tenant: { fallback: "reject" } }, ["own primary lora-ver_2"]],
    ["live only where the pool forbids the base model", { world: NO_BASE }, ["own primary lora-ver_2"]],
    [
      "live, the version before, the base model",
      { tenant: { fallback: "previous_version" } },
      ["own primary lora-ver_2", "previous_version lora-ver_1", "base_model base"],
    ],
    [
      "no version before: the base model",
      { tenant: { fallback: "previous_version" }, adapter: { previousVersionId: null } },
      ["own primary lora-ver_2", "base_model base"],
    ],
    [
      "moved in, no version before: its origin last",
      { tenant: { fallback: "previous_version" }, adapter: MOVED_IN },
      ["own primary lora-ver_2", "base_model base", "origin end_origin"],
    ],
    [
      "moved in, another policy: never its origin",
      { adapter: MOVED_IN },
      ["own primary lora-ver_2", "base_model base"],
    ],
    [
      "a version before: not its origin",
      { tenant: { fallback: "previous_version" }, adapter: { originEndpointId: "end_origin" } },
      ["own primary lora-ver_2", "previous_version lora-ver_1", "base_model base"],
    ],
    [
      "the tenant's own provider, not the base model after it",
      { tenant: { fallback: "hosted_provider", hostedEndpointId: "end_hosted" } },
      ["own primary lora-ver_2", "hosted_provider end_hosted"],
    ],
    [
      "the pool's provider where the tenant has none",
      {
        tenant: { fallback: "hosted_provider" },
        world: { pools: [pool("pool_1", { hostedEndpointId: "end_hosted", fallback: "reject" })] },
      },
      ["own primary lora-ver_2", "hosted_provider end_hosted"],
    ],
    [
      "the base model where no provider is configured",
      { tenant: { fallback: "hosted_provider" } },
      ["own primary lora-ver_2", "base_model base"],
    ],
    [
      "never the pool's provider in place of the tenant's own",
      {
        tenant: { fallback: "hosted_provider", hostedEndpointId: "end_gone" },
        world: { pools: [pool("pool_1", { hostedEndpointId: "end_hosted" })] },
      },
      ["own primary lora-ver_2", "base_model base"],
    ],
    [
      "never another tenant's endpoint",
      {
        tenant: { fallback: "hosted_provider", hostedEndpointId: "end_theirs" },
        world: { endpoints: [endpoint("end_theirs", { tenantId: "ten_globex" })], ...NO_BASE },
      },
      ["own primary lora-ver_2"],
    ],
    [
      "never another tenant's version",
      { world: { versions: [version("ver_2", { tenantId: "ten_globex" })] } },
      ["base_model base"],
    ],
    ["nothing at all", { world: { versions: [], ...NO_BASE } }, ["503 no_node"]],
    ["nothing live", { adapter: { liveVersionId: null } }, ["404 model_not_live"]],
    [
      "not moved in yet: its origin, then its policy",
      { adapter: AT_ORIGIN },
      ["own origin end_origin", "base_model base"],
    ],
    [
      "not moved in yet: its origin is not offered twice",
      { adapter: AT_ORIGIN, tenant: { fallback: "previous_version" } },
      ["own origin end_origin", "base_model base"],
    ],
    ["an origin whose key cannot be read", { adapter: AT_ORIGIN, world: { endpoints: [] } }, ["base_model base"]],
  ])("%s", (_name, given, expected) => {
    expect(options(given)).toEqual(expected);
  });

  it("has no substitute for a pin, nor for the base model asked for by name", () => {
    const everything = { tenant: { fallback: "previous_version" } as const, adapter: MOVED_IN };
    const pinned = { kind: "pinned", version: version("ver_1"), nodeId: null } as const;
    expect(options({ ...everything, target: () => pinned })).toEqual(["own primary lora-ver_1"]);
    const base = { kind: "base", pool: pool("pool_1") } as const;
    expect(options({ ...everything, target: () => base })).toEqual(["own base_model base"]);
  });
});

describe("a candidate", () => {
  const split = { candidate: { versionId: "ver_3", weight: 20 } };
  it("gets its share of the conversations, with the live version behind it", () => {
    expect(options({ adapter: split, unit: 0.199 })).toEqual([
      "own primary lora-ver_3",
      "own primary lora-ver_2",
      "base_model base",
    ]);
    expect(options({ adapter: split, unit: 0.2 })).toEqual(["own primary lora-ver_2", "base_model base"]);
  });

  it("is tried on customers who are still at their origin", () => {
    const moving = { ...AT_ORIGIN, ...split };
    expect(options({ adapter: moving, unit: 0 }).slice(0, 2)).toEqual([
      "own primary lora-ver_3",
      "own origin end_origin",
    ]);
    expect(options({ adapter: moving, unit: 0.9 })[0]).toBe("own origin end_origin");
  });

  it("with nothing else answers its share only", () => {
    const alone = { liveVersionId: null, ...split };
    expect(options({ adapter: alone, unit: 0.1 })[0]).toBe("own primary lora-ver_3");
    expect(options({ adapter: alone, unit: 0.9 })).toEqual(["404 model_not_live"]);
  });

  it("is one no more once it is live, or unknown", () => {
    const live = { candidate: { versionId: "ver_2", weight: 100 } };
    expect(options({ adapter: live, unit: 0 })).toEqual(["own primary lora-ver_2", "base_model base"]);
    const unknown = { candidate: { versionId: "ver_9", weight: 100 } };
    expect(options({ adapter: unknown, unit: 0 })).toEqual(["own primary lora-ver_2", "base_model base"]);
  });

  it("is told apart, so that only its own breaker is asked", () => {
    const plan = planOf({ adapter: split, unit: 0 });
    expect(plan.kind === "plan" && plan.options.map(({ isCandidate }) => isCandidate)).toEqual([true, false, false]);
  });

  it("asks for the conversation only where there is a split", () => {
    const salts: string[] = [];
    const ask = (own: AdapterEntry) => {
      const acme = tenant("ten_acme", { adapters: [own] });
      const unit = (salt: string) => {
        salts.push(salt);
        return 0;
      };
      planRoute(
        { tenant: acme, target: { kind: "adapter", adapter: own }, unit, mirrorUnit: () => 0, now: NOW },
        makeSnapshot({}),
      );
    };
    ask(adapter("adp_1"));
    expect(salts).toEqual([]);
    ask(adapter("adp_1", { candidate: { versionId: "ver_1", weight: 1 } }));
    ask(adapter("adp_2", { candidate: { versionId: "ver_1", weight: 1 } }));
    expect(new Set(salts).size).toBe(2);
  });
});

describe("a mirror", () => {
  const mirror = (given: Given) => {
    const plan = planOf({ ...given, adapter: { mirror: { versionId: "ver_3", share: 10 }, ...given.adapter } });
    return plan.kind === "plan" ? (plan.mirror?.model ?? null) : "rejected";
  };
  it("gets a copy of its share of the requests, and answers none", () => {
    expect(mirror({ mirrorUnit: 0.099 })).toBe("lora-ver_3");
    expect(mirror({ mirrorUnit: 0.1 })).toBeNull();
    expect(options({ adapter: { mirror: { versionId: "ver_3", share: 100 } } })).toEqual([
      "own primary lora-ver_2",
      "base_model base",
    ]);
  });

  it("is compared with whatever answers: the origin too, never itself", () => {
    expect(mirror({ adapter: AT_ORIGIN, mirrorUnit: 0 })).toBe("lora-ver_3");
    expect(mirror({ adapter: { mirror: { versionId: "ver_2", share: 100 } } })).toBeNull();
    expect(mirror({ adapter: { candidate: { versionId: "ver_3", weight: 100 } }, mirrorUnit: 0 })).toBeNull();
  });

  it("never reaches another tenant's version", () => {
    expect(mirror({ mirrorUnit: 0, world: { versions: [version("ver_3", { tenantId: "ten_globex" })] } })).toBeNull();
  });
});

describe("what was set by hand", () => {
  const set = (...controls: ControlEntry[]) => ({ controls });
  const shed = (expiresAt: Date) => control("shed", { tenantId: "ten_acme", expiresAt });
  const previous = control("serve_previous", { tenantId: "ten_acme", expiresAt: later(60) });
  const fallback = control("serve_fallback", { tenantId: "ten_acme", expiresAt: later(60) });

  it.each<[string, Given, string[]]>([
    [
      "the previous version first, whatever the policy",
      { world: set(previous) },
      ["previous_version lora-ver_1", "own primary lora-ver_2", "base_model base"],
    ],
    [
      "no previous version: nothing changes",
      { world: set(previous), adapter: { previousVersionId: null } },
      ["own primary lora-ver_2", "base_model base"],
    ],
    ["the fallback first", { world: set(fallback) }, ["base_model base", "own primary lora-ver_2"]],
    [
      "the policy's fallback first, in its order",
      { world: set(fallback), tenant: { fallback: "previous_version" } },
      ["previous_version lora-ver_1", "base_model base", "own primary lora-ver_2"],
    ],
    [
      "the hosted provider first",
      { world: set(fallback), tenant: { fallback: "hosted_provider", hostedEndpointId: "end_hosted" } },
      ["hosted_provider end_hosted", "own primary lora-ver_2"],
    ],
    [
      "no fallback: nothing changes",
      { world: set(fallback), tenant: { fallback: "reject" } },
      ["own primary lora-ver_2"],
    ],
    [
      "both",
      { world: set(fallback, previous) },
      ["previous_version lora-ver_1", "base_model base", "own primary lora-ver_2"],
    ],
    ["refused", { world: set(shed(later(20))) }, ["429 tenant_shed"]],
    ["refused first of all", { world: set(fallback, shed(later(20))) }, ["429 tenant_shed"]],
    ["its time is up", { world: set(shed(NOW)) }, ["own primary lora-ver_2", "base_model base"]],
    [
      "another tenant's",
      { world: set(control("shed", { tenantId: "ten_globex", expiresAt: later(60) })) },
      ["own primary lora-ver_2", "base_model base"],
    ],
  ])("%s", (_name, given, expected) => {
    expect(options(given)).toEqual(expected);
  });

  it("says that it was a control's wish, but not where it changed nothing", () => {
    const forced = (given: Given) => {
      const plan = planOf(given);
      return plan.kind === "plan" && plan.forced;
    };
    expect(forced({ world: set(previous) })).toBe(true);
    expect(forced({ world: set(previous), adapter: { previousVersionId: null } })).toBe(false);
    expect(forced({})).toBe(false);
  });

  it.each<[number, number]>([
    [20, 20],
    [0.2, 1],
    [3600, 60],
  ])("asks to come back when the refusal ends: %s s → %s s", (seconds, retryAfterSeconds) => {
    expect(planOf({ world: set(shed(later(seconds)), shed(later(0.1))) })).toMatchObject({
      kind: "reject",
      adapterId: "adp_ten_acme",
      rejection: { status: 429, retryAfterSeconds },
    });
  });

  it("refuses the base model too, but not evaluations", () => {
    const world = set(shed(later(20)));
    expect(options({ world, target: () => ({ kind: "base", pool: pool("pool_1") }) })).toEqual(["429 tenant_shed"]);
    const pinned = { kind: "pinned", version: version("ver_1"), nodeId: null } as const;
    expect(options({ world, target: () => pinned })).toEqual(["own primary lora-ver_1"]);
  });
});

describe("whatever a route looks like", () => {
  const maybe = (...ids: string[]) => fc.constantFrom(null, ...ids);
  const facts = fc.record({
    live: maybe("ver_1", "ver_2", "ver_9"),
    before: maybe("ver_1", "ver_9"),
    origin: maybe("end_origin", "end_theirs"),
    candidate: maybe("ver_2", "ver_3", "ver_theirs"),
    hosted: maybe("end_hosted", "end_theirs", "end_origin"),
    fallback: fc.constantFrom("base_model", "previous_version", "hosted_provider", "reject"),
    poolFallback: fc.constantFrom("base_model", "reject"),
    kinds: fc.subarray(["serve_previous", "serve_fallback"] as const),
    unit: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  });

  it("offers only the tenant's own, nothing twice, fallbacks by its policy or a control, and the rest in order", () => {
    fc.assert(
      fc.property(facts, (given) => {
        const plan = planOf({
          tenant: { fallback: given.fallback, hostedEndpointId: given.hosted },
          adapter: {
            liveVersionId: given.live,
            previousVersionId: given.before,
            originEndpointId: given.origin,
            candidate: given.candidate === null ? null : { versionId: given.candidate, weight: 50 },
          },
          world: {
            versions: [
              version("ver_1"),
              version("ver_2"),
              version("ver_3"),
              version("ver_theirs", { tenantId: "ten_globex" }),
            ],
            endpoints: [
              endpoint("end_origin"),
              endpoint("end_hosted", { tenantId: null }),
              endpoint("end_theirs", { tenantId: "ten_globex" }),
            ],
            pools: [pool("pool_1", { fallback: given.poolFallback })],
            controls: given.kinds.map((kind) => control(kind, { tenantId: "ten_acme", expiresAt: later(1) })),
          },
          unit: given.unit,
        });
        if (plan.kind === "reject") return;
        const said = plan.options.map((option) => (option.on === "node" ? option.model : option.endpoint.id));
        expect(new Set(said).size).toBe(said.length);
        expect(said.some((name) => name.endsWith("theirs"))).toBe(false);
        const isOwn = plan.options.map(({ isFallback }) => !isFallback);
        if (!plan.forced && isOwn.includes(true)) expect(isOwn[0]).toBe(true);
        if (given.kinds.length === 0) expect(plan.forced).toBe(false);
        if (given.fallback === "reject" && !plan.forced) expect(isOwn).not.toContain(false);
        if (given.poolFallback === "reject") expect(said).not.toContain("base");
      }),
      { numRuns: 2000 },
    );
  });
});
