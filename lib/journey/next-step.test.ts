import { describe, expect, it } from "vitest";
import { systemActor } from "#lib/identity/actor.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { type JourneyFacts, nextStep as nextStepFor } from "./next-step.ts";

type Candidate = NonNullable<JourneyFacts["candidate"]>;
/** As a platform admin reads it; `whose-move.test.ts` has the other readers. */
const nextStep = (facts: JourneyFacts) => nextStepFor(facts, { actor: systemActor("test"), scope: platformScope });
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
    rollback: null,
    expired: [],
    release: null,
    ...change,
  },
});
const asked = (decider: "platform" | "customer") =>
  ({ approvalId: "apv_1", decider, approverRole: decider === "customer" ? "tenant_admin" : "operator" }) as const;
const ROLLBACK = {
  at: "2026-11-24T12:00:00.000Z",
  by: "ada@switchyard.example",
  reason: "Errors rose",
  cutoverId: "cut_1",
};
const LIVE = { versionId: "ver_1", number: 1, quarantined: null };
const DAMAGED = { ...LIVE, quarantined: "adapter_model.safetensors is not what was registered." };
const run = (state: NonNullable<Candidate["run"]>["state"]) => ({ id: "run_1", state, done: 5, total: 10 });

describe("nextStep", () => {
  it.each<[string, JourneyFacts, string, string, string, string | undefined]>([
    ["nothing yet", { ...base, adapter: null }, "files", "waiting", "you", "Add adapter"],
    ["an adapter without versions", base, "files", "waiting", "you", "Add version"],
    ["a draft", candidate({ state: "draft" }), "files", "waiting", "you", "Add files"],
    ["checking", candidate({ state: "checking" }), "checks", "busy", "switchyard", "Open report"],
    ["rejected", candidate({ state: "rejected" }), "checks", "blocked", "you", "Fix and re-check"],
    [
      "ready, nowhere",
      candidate({ placements: { desired: 0, routable: 0, failed: 0 } }),
      "loaded",
      "waiting",
      "you",
      "Open placements",
    ],
    [
      "loading",
      candidate({ placements: { desired: 2, routable: 1, failed: 0 } }),
      "loaded",
      "busy",
      "switchyard",
      "Open placements",
    ],
    [
      "failed on a node",
      candidate({ placements: { desired: 2, routable: 1, failed: 1 } }),
      "loaded",
      "blocked",
      "you",
      "Open placements",
    ],
    ["loaded", candidate({}), "gate", "waiting", "you", "Open gate"],
    ["gate running", candidate({ run: run("running") }), "gate", "busy", "switchyard", "Open run"],
    ["passed", candidate({ run: run("completed"), verdict: "pass" }), "cutover", "waiting", "you", "Open gate"],
    [
      "passed once",
      candidate({ run: run("completed"), verdict: "pass", expired: ["The pool's max_loras changed: 12 → 15."] }),
      "gate",
      "waiting",
      "you",
      "Open gate",
    ],
    [
      "passed under a policy that goes on",
      candidate({ run: run("completed"), verdict: "pass", release: { reach: "live", failure: null } }),
      "cutover",
      "busy",
      "switchyard",
      "Open gate",
    ],
    [
      "passed under a policy that stops there",
      candidate({ run: run("completed"), verdict: "pass", release: { reach: "gate", failure: null } }),
      "cutover",
      "waiting",
      "you",
      "Open gate",
    ],
    [
      "loaded under a policy that cannot go on",
      candidate({ release: { reach: "gate", failure: "The tenant has no suite of prompts yet." } }),
      "gate",
      "blocked",
      "you",
      "Open gate",
    ],
    [
      "a cutover that waits for us",
      { ...candidate({}), cutover: { id: "cut_1", phase: "warming", awaits: asked("platform") } },
      "cutover",
      "waiting",
      "you",
      "Open cutover",
    ],
    [
      "a cutover that waits for the customer",
      { ...candidate({}), cutover: { id: "cut_1", phase: "canary", awaits: asked("customer") } },
      "cutover",
      "waiting",
      "customer",
      "Open cutover",
    ],
    ["failed", candidate({ run: run("completed"), verdict: "fail" }), "gate", "blocked", "you", "Open run"],
    [
      "inconclusive",
      candidate({ run: run("completed"), verdict: "inconclusive" }),
      "gate",
      "blocked",
      "you",
      "Open run",
    ],
    [
      "cutting over",
      { ...candidate({ verdict: "pass" }), cutover: { id: "cut_1", phase: "warming", awaits: null } },
      "cutover",
      "busy",
      "switchyard",
      "Open cutover",
    ],
    [
      "rolled back, and on no node any more",
      {
        ...candidate({ placements: { desired: 0, routable: 0, failed: 0 }, verdict: "pass", rollback: ROLLBACK }),
        live: LIVE,
      },
      ...(["cutover", "rolled_back", "you", "Add version"] as const),
    ],
    [
      "rolled back, and tried again in a new cutover",
      { ...candidate({ rollback: ROLLBACK }), cutover: { id: "cut_2", phase: "warming", awaits: null }, live: LIVE },
      ...(["cutover", "busy", "switchyard", "Open cutover"] as const),
    ],
    [
      "rolled back onto a version whose bytes were changed",
      { ...candidate({ rollback: ROLLBACK }), live: DAMAGED },
      ...(["live", "blocked", "you", "Open report"] as const),
    ],
    ["live", { ...base, live: LIVE }, "live", "done", "nobody", "Add version"],
    ["live, and its bytes were changed", { ...base, live: DAMAGED }, "live", "blocked", "you", "Open report"],
    [
      "live with changed bytes while a refused version waits",
      { ...candidate({ state: "rejected" }), live: DAMAGED },
      ...(["live", "blocked", "you", "Open report"] as const),
    ],
    [
      "live with changed bytes while the next version is on its way",
      { ...candidate({ state: "checking" }), live: DAMAGED },
      ...(["checks", "busy", "switchyard", "Open report"] as const),
    ],
    ["suspended", { ...base, status: "suspended" }, "live", "blocked", "you", "Open tenant"],
    ["being off-boarded", { ...base, status: "offboarding" }, "live", "busy", "switchyard", "Open off-boarding"],
    ["archived", { ...base, status: "archived" }, "live", "done", "nobody", "Open off-boarding"],
  ])("%s", (_name, facts, step, state, whoseMove, label) => {
    const next = nextStep(facts);
    expect([next.step, next.state, next.whoseMove, next.action?.label]).toEqual([step, state, whoseMove, label]);
    expect(next.action?.href).not.toContain("undefined");
  });

  it("says of a rollback who did it, why and what answers now, and never proposes the same version again", () => {
    const { sentence, action } = nextStep({ ...candidate({ rollback: ROLLBACK }), live: LIVE });
    expect(sentence).toBe(
      "Version 2 was rolled back by ada@switchyard.example: Errors rose. Version 1 is live. Add a corrected version.",
    );
    expect(action).toMatchObject({ kind: "add_version", href: "/adapters/adp_1/add" });
    const unexplained = candidate({ rollback: { ...ROLLBACK, reason: null } });
    expect(nextStep(unexplained).sentence).toContain("no reason was given.");
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
      "Open gate",
    ],
    [
      "in a cutover",
      { ...candidate({}), cutover: { id: "cut_1", phase: "warming", awaits: null } },
      "Cutover to v2 is warming. Its origin answers.",
      "Open cutover",
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
