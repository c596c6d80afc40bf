import { describe, expect, it } from "vitest";
import { type JourneyFacts, nextStep } from "./next-step.ts";

type Candidate = NonNullable<JourneyFacts["candidate"]>;
const base: JourneyFacts = {
  tenantId: "ten_1",
  status: "active",
  adapter: { id: "adp_1", name: "Support" },
  live: null,
  candidate: null,
  cutover: null,
  origin: null,
};
const candidate = (change: Partial<Candidate>): JourneyFacts => ({
  ...base,
  candidate: {
    id: "ver_1",
    number: 2,
    state: "ready",
    placements: { desired: 2, routable: 2, failed: 0 },
    run: null,
    verdict: null,
    expired: [],
    release: null,
    ...change,
  },
});
const LIVE = { versionId: "ver_1", number: 1, quarantined: null };
const DAMAGED = { ...LIVE, quarantined: "adapter_model.safetensors is not what was registered." };
const run = (state: NonNullable<Candidate["run"]>["state"]) => ({ id: "run_1", state, done: 5, total: 10 });

describe("nextStep", () => {
  it.each<[string, JourneyFacts, string, string, string, string | undefined]>([
    ["nothing yet", { ...base, adapter: null }, "files", "waiting", "you", "Add adapter"],
    ["an adapter without versions", base, "files", "waiting", "you", "Add version"],
    ["a draft", candidate({ state: "draft" }), "files", "waiting", "you", "Add files"],
    ["checking", candidate({ state: "checking" }), "checks", "busy", "switchyard", "See report"],
    ["rejected", candidate({ state: "rejected" }), "checks", "blocked", "you", "Fix and re-check"],
    [
      "ready, nowhere",
      candidate({ placements: { desired: 0, routable: 0, failed: 0 } }),
      "loaded",
      "waiting",
      "you",
      "Load v2",
    ],
    [
      "loading",
      candidate({ placements: { desired: 2, routable: 1, failed: 0 } }),
      "loaded",
      "busy",
      "switchyard",
      "See placements",
    ],
    [
      "failed on a node",
      candidate({ placements: { desired: 2, routable: 1, failed: 1 } }),
      "loaded",
      "blocked",
      "you",
      "See why",
    ],
    ["loaded", candidate({}), "gate", "waiting", "you", "Run gate"],
    ["gate running", candidate({ run: run("running") }), "gate", "busy", "switchyard", "See run"],
    ["passed", candidate({ run: run("completed"), verdict: "pass" }), "cutover", "waiting", "you", "Start cutover"],
    [
      "passed once",
      candidate({ run: run("completed"), verdict: "pass", expired: ["The pool's max_loras changed: 12 → 15."] }),
      "gate",
      "waiting",
      "you",
      "Run gate",
    ],
    [
      "passed under a policy that goes on",
      candidate({ run: run("completed"), verdict: "pass", release: { reach: "live", failure: null } }),
      "cutover",
      "busy",
      "switchyard",
      "Start cutover",
    ],
    [
      "passed under a policy that stops there",
      candidate({ run: run("completed"), verdict: "pass", release: { reach: "gate", failure: null } }),
      "cutover",
      "waiting",
      "you",
      "Start cutover",
    ],
    [
      "loaded under a policy that cannot go on",
      candidate({ release: { reach: "gate", failure: "The tenant has no suite of prompts yet." } }),
      "gate",
      "blocked",
      "you",
      "Run gate",
    ],
    [
      "a cutover that waits for us",
      { ...candidate({}), cutover: { id: "cut_1", phase: "warming", awaits: "platform" } },
      "cutover",
      "waiting",
      "you",
      "Decide",
    ],
    [
      "a cutover that waits for the customer",
      { ...candidate({}), cutover: { id: "cut_1", phase: "canary", awaits: "customer" } },
      "cutover",
      "waiting",
      "customer",
      "See cutover",
    ],
    ["failed", candidate({ run: run("completed"), verdict: "fail" }), "gate", "blocked", "you", "See what regressed"],
    [
      "inconclusive",
      candidate({ run: run("completed"), verdict: "inconclusive" }),
      "gate",
      "blocked",
      "you",
      "See why",
    ],
    [
      "cutting over",
      { ...candidate({ verdict: "pass" }), cutover: { id: "cut_1", phase: "warming", awaits: null } },
      "cutover",
      "busy",
      "switchyard",
      "See cutover",
    ],
    ["live", { ...base, live: LIVE }, "live", "done", "nobody", "Add version"],
    ["live, and its bytes were changed", { ...base, live: DAMAGED }, "live", "blocked", "you", "See what changed"],
    [
      "live with changed bytes while a refused version waits",
      { ...candidate({ state: "rejected" }), live: DAMAGED },
      ...(["live", "blocked", "you", "See what changed"] as const),
    ],
    [
      "live with changed bytes while the next version is on its way",
      { ...candidate({ state: "checking" }), live: DAMAGED },
      ...(["checks", "busy", "switchyard", "See report"] as const),
    ],
    ["suspended", { ...base, status: "suspended" }, "live", "blocked", "you", "Resume"],
    ["being off-boarded", { ...base, status: "offboarding" }, "live", "busy", "switchyard", "See progress"],
    ["archived", { ...base, status: "archived" }, "live", "done", "nobody", "See record"],
  ])("%s", (_name, facts, step, state, whoseMove, label) => {
    const next = nextStep(facts);
    expect([next.step, next.state, next.whoseMove, next.action?.label]).toEqual([step, state, whoseMove, label]);
    expect(next.action?.href).not.toContain("undefined");
  });

  it("leads to the wizard until a tenant is live for the first time, then to its adapter, with what was begun", () => {
    const hrefs = (live: JourneyFacts["live"]) => [
      nextStep({ ...base, live }).action?.href,
      nextStep({ ...candidate({ state: "draft" }), live }).action?.href,
      nextStep({ ...candidate({ state: "rejected" }), live }).action?.href,
    ];
    expect(hrefs(null)).toEqual(Array(3).fill("/tenants/onboard?tenant=ten_1"));
    expect(hrefs(LIVE)).toEqual(["/adapters/adp_1/add", ...Array(2).fill("/adapters/adp_1/add?version=ver_1")]);
  });

  it("never calls a candidate with a running gate ready for cutover, whatever an older verdict said", () => {
    expect(nextStep(candidate({ run: run("queued"), verdict: "pass" })).step).toBe("gate");
  });

  it.each<[string, JourneyFacts, string, string | undefined]>([
    ["without a version", base, "No version yet. Its origin answers.", "Add version"],
    [
      "behind a passed gate",
      candidate({ run: run("completed"), verdict: "pass" }),
      "Version 2 passed its gate. Its origin answers.",
      "Move in",
    ],
    [
      "in a cutover",
      { ...candidate({}), cutover: { id: "cut_1", phase: "warming", awaits: null } },
      "Cutover to v2 is warming. Its origin answers.",
      "See cutover",
    ],
  ])("at its origin, %s", (_name, facts, sentence, label) => {
    const step = nextStep({ ...facts, origin: { answers: true } });
    expect([step.sentence, step.action?.label]).toEqual([sentence, label]);
  });

  it("says since when an origin may be switched off, and leaves what is on its way first", () => {
    const origin = { answers: false, mayEndSince: new Date("2026-11-12T09:00:00Z") } as const;
    expect(nextStep({ ...base, live: LIVE, origin })).toMatchObject({
      step: "live",
      state: "waiting",
      sentence: "Version 1 is live; its origin may be switched off since 2026-11-12.",
      action: { kind: "end_origin", href: "/tenants/ten_1/routing" },
    });
    expect(nextStep({ ...candidate({}), live: LIVE, origin }).action?.kind).toBe("run_gate");
  });
});
