import { REACHES, type Reach } from "#lib/cutover/browser/policy-schema.ts";
import type { Rollback, TenantStatus } from "#lib/registry/schema.ts";
import type { ActionKind, NextStep } from "./schema.ts";
import { type AwaitedApproval, type Move, moveFor, type Reader } from "./whose-move.ts";

/** What the catalog knows about one tenant's way to live; nothing here is guessed. */
export type JourneyFacts = {
  tenantId: string;
  status: TenantStatus;
  adapter: { id: string; name: string } | null;
  /** `quarantined`: what was wrong with its stored bytes; null = nothing. It serves all the same. */
  live: { versionId: string; number: number; quarantined: string | null } | null;
  /** The newest version that is not live and not retired: what is being onboarded, if anything. */
  candidate: {
    id: string;
    number: number;
    state: "draft" | "checking" | "ready" | "rejected" | "quarantined";
    placements: { desired: number; routable: number; failed: number };
    run: {
      id: string;
      state: "queued" | "running" | "completed" | "cancelled" | "failed";
      done: number;
      total: number;
    } | null;
    verdict: "pass" | "fail" | "inconclusive" | null;
    /** Who rolled it back, and why; null = it was not, or has gone live since. */
    rollback: Rollback | null;
    /** Why a pass no longer stands, a sentence each. */
    expired: readonly string[];
    /** How far its tenant's release policy brings it by itself; null = no further. */
    release: {
      reach: Reach;
      /** What stood in the way last, and is tried again. */
      failure: string | null;
    } | null;
  } | null;
  /** An open cutover of the adapter. */
  cutover: { id: string; phase: string; awaits: AwaitedApproval | null } | null;
  /** The customer's own endpoint, while it matters: it answers because nothing is live, or it may be switched off. */
  origin: { answers: true } | { answers: false; mayEndSince: Date } | null;
};

const tenantPath = (facts: JourneyFacts) => `/tenants/${facts.tenantId}`;
const versionPath = (facts: JourneyFacts, tab = "") =>
  `/adapters/${facts.adapter?.id}/versions/${facts.candidate?.id}${tab}`;

/** The wizard for a tenant that was never live, else the adapter's own page: onboarding is one place until it is over. */
const filesPath = (facts: JourneyFacts): string => {
  if (!facts.live) return `/tenants/onboard?tenant=${facts.tenantId}`;
  const from = facts.candidate && facts.candidate.state !== "quarantined" ? `?version=${facts.candidate.id}` : "";
  return `/adapters/${facts.adapter?.id}/add${from}`;
};

/**
 * Where a tenant stands on the track Files · Checks · Loaded · Gate · Cutover · Live, whose move it is to this reader, and
 * the one link that leads on. Tables, tracks, the inbox, primary buttons and the portal read this and nothing else.
 */
export function nextStep(facts: JourneyFacts, reader: Reader): NextStep {
  const move = moveOf(facts);
  return moveFor(move, reader, customerSentence(facts, move));
}

function moveOf(facts: JourneyFacts): Move {
  if (facts.status !== "active") return closedStep(facts, facts.status);
  const step = openStep(facts);
  // nothing is missing for the customer yet: its own endpoint answers
  return facts.origin?.answers ? { ...step, sentence: `${step.sentence} Its origin answers.` } : step;
}

function openStep(facts: JourneyFacts): Move {
  if (!facts.adapter)
    return platform("files", "waiting", "No adapter yet.", "add_adapter", "Add adapter", filesPath(facts));
  if (facts.cutover) return cutoverStep(facts, facts.cutover);
  if (facts.live?.quarantined && !isRemedy(facts.candidate)) return quarantinedStep(facts, facts.live);
  if (facts.candidate) return byItself(candidateStep(facts, facts.candidate), facts.candidate.release);
  if (facts.live && facts.origin?.answers === false) {
    const since = facts.origin.mayEndSince.toISOString().slice(0, 10);
    const sentence = `Version ${facts.live.number} is live; its origin may be switched off since ${since}.`;
    return platform("live", "waiting", sentence, "end_origin", "Open routing", `${tenantPath(facts)}/routing`);
  }
  if (facts.live)
    return {
      step: "live",
      state: "done",
      owner: "nobody",
      sentence: `Version ${facts.live.number} is live.`,
      action: { kind: "add_version", label: "Add version", href: filesPath(facts) },
    };
  return platform("files", "waiting", "No version yet.", "add_version", "Add version", filesPath(facts));
}

function cutoverStep(facts: JourneyFacts, { id, phase, awaits }: NonNullable<JourneyFacts["cutover"]>): Move {
  const what = `Cutover to v${facts.candidate?.number ?? facts.live?.number ?? "?"}`;
  const href = `/cutovers/${id}`;
  if (awaits === null) return busy("cutover", `${what} is ${phase}.`, "see_cutover", "Open cutover", href);
  const whose = awaits.decider === "platform" ? "our" : "the customer's";
  return {
    step: "cutover",
    state: "waiting",
    owner: awaits.decider,
    approval: awaits,
    sentence: `${what} waits for ${whose} approval.`,
    action: { kind: awaits.decider === "platform" ? "decide_approval" : "see_cutover", label: "Open cutover", href },
  };
}

function closedStep(facts: JourneyFacts, status: Exclude<TenantStatus, "active">): Move {
  const offboarding = `${tenantPath(facts)}/offboarding`;
  switch (status) {
    case "suspended":
      return platform(
        "live",
        "blocked",
        "Suspended: requests are refused.",
        "activate",
        "Open tenant",
        tenantPath(facts),
      );
    case "offboarding":
      return busy(
        "live",
        "Being off-boarded: requests are refused.",
        "see_offboarding",
        "Open off-boarding",
        offboarding,
      );
    case "archived":
      return {
        step: "live",
        state: "done",
        owner: "nobody",
        sentence: "Archived: nothing of it is served or stored any more.",
        action: { kind: "see_offboarding", label: "Open off-boarding", href: offboarding },
      };
  }
}

/** Whether what is being onboarded may yet take a damaged version's place. */
const isRemedy = (candidate: JourneyFacts["candidate"]): boolean =>
  candidate !== null && candidate.rollback === null && (candidate.state === "checking" || candidate.state === "ready");

/** What is loaded serves on, so this is urgent and not yet an outage: the next restart of a node makes it one. */
const quarantinedStep = (facts: JourneyFacts, live: NonNullable<JourneyFacts["live"]>): Move =>
  platform(
    "live",
    "blocked",
    `Version ${live.number} is live and quarantined: it serves until its nodes restart. ${live.quarantined ?? ""}`.trim(),
    "see_report",
    "Open report",
    `/adapters/${facts.adapter?.id}/versions/${live.versionId}`,
  );

function candidateStep(facts: JourneyFacts, candidate: Candidate): Move {
  const name = `Version ${candidate.number}`;
  switch (candidate.state) {
    case "draft":
      return platform("files", "waiting", `${name} waits for its files.`, "add_version", "Add files", filesPath(facts));
    case "checking":
      return busy("checks", `${name} is being checked.`, "see_report", "Open report", versionPath(facts));
    case "rejected":
      return platform(
        "checks",
        "blocked",
        `${name} was rejected by its checks.`,
        "see_report",
        "Fix and re-check",
        filesPath(facts),
      );
    case "quarantined":
      return platform(
        "checks",
        "blocked",
        `${name} is quarantined: its files changed.`,
        "see_report",
        "Open report",
        versionPath(facts),
      );
    case "ready":
      return candidate.rollback
        ? rolledBackStep(facts, candidate, candidate.rollback)
        : readyStep(facts, candidate, name);
  }
}

/** What was rolled back is not proposed again: a corrected version is, and a second try stays possible from its gate. */
function rolledBackStep(facts: JourneyFacts, { number }: Candidate, { by, reason }: Rollback): Move {
  const why = reason === null ? "no reason was given." : /[.!?]$/.test(reason) ? reason : `${reason}.`;
  const now = facts.live ? ` Version ${facts.live.number} is live.` : "";
  return {
    step: "cutover",
    state: "rolled_back",
    owner: "platform",
    sentence: `Version ${number} was rolled back by ${by}: ${why}${now} Add a corrected version.`,
    action: { kind: "add_version", label: "Add version", href: `/adapters/${facts.adapter?.id}/add` },
  };
}

/** What somebody would have to do, where a release policy does it. */
const DONE_BY_POLICY: Partial<Record<ActionKind, Reach>> = {
  stage: "loaded",
  run_gate: "gate",
  start_cutover: "canary",
};

function byItself(move: Move, release: Candidate["release"]): Move {
  const needs = move.owner === "platform" && move.action ? DONE_BY_POLICY[move.action.kind] : undefined;
  if (release === null || needs === undefined || REACHES.indexOf(release.reach) < REACHES.indexOf(needs)) return move;
  if (release.failure !== null)
    return { ...move, state: "blocked", sentence: `${release.failure} The release policy tries again automatically.` };
  return {
    ...move,
    state: "busy",
    owner: "switchyard",
    sentence: `${move.sentence} Its release policy continues automatically.`,
  };
}

type Candidate = NonNullable<JourneyFacts["candidate"]>;

function readyStep(facts: JourneyFacts, candidate: Candidate, name: string): Move {
  const { placements } = candidate;
  const page = versionPath(facts, "/placements");
  if (placements.desired === 0)
    return platform(
      "loaded",
      "waiting",
      `${name} passed its checks and is on no node yet.`,
      "stage",
      "Open placements",
      page,
    );
  if (placements.failed > 0) {
    const sentence = `${name} failed to load on ${placements.failed} of ${placements.desired} nodes.`;
    return platform("loaded", "blocked", sentence, "see_placements", "Open placements", page);
  }
  if (placements.routable < placements.desired) {
    const sentence = `${name} is loading: ${placements.routable} of ${placements.desired} nodes.`;
    return busy("loaded", sentence, "see_placements", "Open placements", page);
  }
  return gateStep(facts, candidate, name);
}

function gateStep(facts: JourneyFacts, candidate: Candidate, name: string): Move {
  const { run, verdict } = candidate;
  const gate = versionPath(facts, "/gate");
  const runPage = run ? `/evals/runs/${run.id}` : gate;
  if (run && (run.state === "queued" || run.state === "running")) {
    const sentence = `Gate of v${candidate.number} is ${run.state}: ${run.done} of ${run.total} replies.`;
    return busy("gate", sentence, "see_run", "Open run", runPage);
  }
  switch (verdict) {
    case "pass":
      if (candidate.expired.length > 0) {
        const sentence = `The pass of ${name} has expired. ${candidate.expired.join(" ")}`;
        return platform("gate", "waiting", sentence, "run_gate", "Open gate", gate);
      }
      return platform("cutover", "waiting", `${name} passed its gate.`, "start_cutover", "Open gate", gate);
    case "fail":
      return platform("gate", "blocked", `${name} failed its gate.`, "see_run", "Open run", runPage);
    case "inconclusive":
      return platform(
        "gate",
        "blocked",
        `The gate of v${candidate.number} is inconclusive.`,
        "see_run",
        "Open run",
        runPage,
      );
    case null:
      return platform("gate", "waiting", `${name} is loaded; its gate has not run.`, "run_gate", "Open gate", gate);
  }
}

/** What customers read of a step: nothing of nodes, runs or their provider's people. */
function customerSentence({ live, candidate }: JourneyFacts, { step, state, approval, sentence }: Move): string {
  const name = candidate ? `Version ${candidate.number}` : "Your model";
  switch (step) {
    case "files":
      return "Your provider is preparing your model.";
    case "checks":
      return `Your provider is checking ${candidate ? `version ${candidate.number}` : "your model"}.`;
    case "loaded":
      return `${name} is being loaded.`;
    case "gate":
      if (state === "busy") return `${name} is being tested.`;
      return state === "blocked"
        ? `Your provider is looking into the test of ${name.toLowerCase()}.`
        : `${name} is loaded; its test is next.`;
    case "cutover":
      if (state === "rolled_back") return `${name} was rolled back.${live ? ` Version ${live.number} is live.` : ""}`;
      if (approval)
        return `${name} waits for ${approval.decider === "customer" ? "your" : "your provider's"} approval to go live.`;
      return `${name} is next to go live.`;
    case "live":
      return live && state !== "busy" ? `Version ${live.number} is live.` : sentence;
  }
}

const platform = (
  step: NextStep["step"],
  state: "waiting" | "blocked",
  sentence: string,
  kind: ActionKind,
  label: string,
  href: string,
): Move => ({
  step,
  state,
  owner: "platform",
  sentence,
  action: { kind, label, href },
});

const busy = (step: NextStep["step"], sentence: string, kind: ActionKind, label: string, href: string): Move => ({
  step,
  state: "busy",
  owner: "switchyard",
  sentence,
  action: { kind, label, href },
});
