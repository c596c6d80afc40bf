import { REACHES, type Reach } from "#lib/cutover/browser/policy-schema.ts";
import type { TenantStatus } from "#lib/registry/schema.ts";
import type { NextStep } from "./schema.ts";

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
  cutover: { id: string; phase: string; awaits: "platform" | "customer" | null } | null;
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
 * Where a tenant stands on the track Files · Checks · Loaded · Gate · Cutover · Live, whose move it is, and the one action
 * that moves it on. Tables, tracks, the inbox and primary buttons read this and nothing else.
 */
export function nextStep(facts: JourneyFacts): NextStep {
  if (facts.status !== "active") return closedStep(facts, facts.status);
  const step = openStep(facts);
  return facts.origin?.answers ? whileAtOrigin(step) : step;
}

/** Nothing is missing for the customer yet: its own endpoint answers. */
const whileAtOrigin = (step: NextStep): NextStep => ({
  ...step,
  sentence: `${step.sentence} Its origin answers.`,
  action: step.action?.kind === "start_cutover" ? { ...step.action, label: "Move in" } : step.action,
});

function openStep(facts: JourneyFacts): NextStep {
  if (!facts.adapter) return you("files", "waiting", "No adapter yet.", "add_adapter", "Add adapter", filesPath(facts));
  if (facts.cutover) return cutoverStep(facts, facts.cutover);
  if (facts.live?.quarantined && !isRemedy(facts.candidate)) return quarantinedStep(facts, facts.live);
  if (facts.candidate) return byItself(candidateStep(facts, facts.candidate), facts.candidate.release);
  if (facts.live && facts.origin?.answers === false) {
    const since = facts.origin.mayEndSince.toISOString().slice(0, 10);
    const sentence = `Version ${facts.live.number} is live; its origin may be switched off since ${since}.`;
    return you("live", "waiting", sentence, "end_origin", "Say it is off", `${tenantPath(facts)}/routing`);
  }
  if (facts.live)
    return {
      step: "live",
      state: "done",
      whoseMove: "nobody",
      sentence: `Version ${facts.live.number} is live.`,
      action: { kind: "add_version", label: "Add version", href: filesPath(facts) },
    };
  return you("files", "waiting", "No version yet.", "add_version", "Add version", filesPath(facts));
}

function cutoverStep(facts: JourneyFacts, { id, phase, awaits }: NonNullable<JourneyFacts["cutover"]>): NextStep {
  const what = `Cutover to v${facts.candidate?.number ?? facts.live?.number ?? "?"}`;
  const href = `/cutovers/${id}`;
  switch (awaits) {
    case null:
      return busy("cutover", `${what} is ${phase}.`, "see_cutover", "See cutover", href);
    case "platform":
      return you("cutover", "waiting", `${what} waits for our approval.`, "decide_approval", "Decide", href);
    case "customer":
      return {
        step: "cutover",
        state: "waiting",
        whoseMove: "customer",
        sentence: `${what} waits for the customer's approval.`,
        action: { kind: "see_cutover", label: "See cutover", href },
      };
  }
}

function closedStep(facts: JourneyFacts, status: Exclude<TenantStatus, "active">): NextStep {
  const offboarding = `${tenantPath(facts)}/offboarding`;
  switch (status) {
    case "suspended":
      return you("live", "blocked", "Suspended: requests are refused.", "activate", "Resume", tenantPath(facts));
    case "offboarding":
      return busy("live", "Being off-boarded: requests are refused.", "see_offboarding", "See progress", offboarding);
    case "archived":
      return {
        step: "live",
        state: "done",
        whoseMove: "nobody",
        sentence: "Archived: nothing of it is served or stored any more.",
        action: { kind: "see_offboarding", label: "See record", href: offboarding },
      };
  }
}

/** Whether what is being onboarded may yet take a damaged version's place. */
const isRemedy = (candidate: JourneyFacts["candidate"]): boolean =>
  candidate !== null && (candidate.state === "checking" || candidate.state === "ready");

/** What is loaded serves on, so this is urgent and not yet an outage: the next restart of a node makes it one. */
const quarantinedStep = (facts: JourneyFacts, live: NonNullable<JourneyFacts["live"]>): NextStep =>
  you(
    "live",
    "blocked",
    `Version ${live.number} is live and quarantined: it serves until its nodes restart. ${live.quarantined ?? ""}`.trim(),
    "see_report",
    "See what changed",
    `/adapters/${facts.adapter?.id}/versions/${live.versionId}`,
  );

function candidateStep(facts: JourneyFacts, candidate: Candidate): NextStep {
  const name = `Version ${candidate.number}`;
  switch (candidate.state) {
    case "draft":
      return you("files", "waiting", `${name} waits for its files.`, "add_version", "Add files", filesPath(facts));
    case "checking":
      return busy("checks", `${name} is being checked.`, "see_report", "See report", versionPath(facts));
    case "rejected":
      return you(
        "checks",
        "blocked",
        `${name} was rejected by its checks.`,
        "see_report",
        "Fix and re-check",
        filesPath(facts),
      );
    case "quarantined":
      return you(
        "checks",
        "blocked",
        `${name} is quarantined: its files changed.`,
        "see_report",
        "See report",
        versionPath(facts),
      );
    case "ready":
      return readyStep(facts, candidate, name);
  }
}

/** What somebody would have to do, where a release policy does it. */
const DONE_BY_POLICY: Partial<Record<ActionKind, Reach>> = {
  stage: "loaded",
  run_gate: "gate",
  start_cutover: "canary",
};

function byItself(step: NextStep, release: Candidate["release"]): NextStep {
  const needs = step.whoseMove === "you" && step.action ? DONE_BY_POLICY[step.action.kind] : undefined;
  if (release === null || needs === undefined || REACHES.indexOf(release.reach) < REACHES.indexOf(needs)) return step;
  if (release.failure !== null)
    return { ...step, state: "blocked", sentence: `${release.failure} The release policy tries again by itself.` };
  return {
    ...step,
    state: "busy",
    whoseMove: "switchyard",
    sentence: `${step.sentence} It goes on by its release policy.`,
  };
}

type Candidate = NonNullable<JourneyFacts["candidate"]>;

function readyStep(facts: JourneyFacts, candidate: Candidate, name: string): NextStep {
  const { placements } = candidate;
  const label = `Load v${candidate.number}`;
  const page = versionPath(facts, "/placements");
  if (placements.desired === 0)
    return you("loaded", "waiting", `${name} passed its checks and is on no node yet.`, "stage", label, page);
  if (placements.failed > 0) {
    const sentence = `${name} failed to load on ${placements.failed} of ${placements.desired} nodes.`;
    return you("loaded", "blocked", sentence, "see_placements", "See why", page);
  }
  if (placements.routable < placements.desired) {
    const sentence = `${name} is loading: ${placements.routable} of ${placements.desired} nodes.`;
    return busy("loaded", sentence, "see_placements", "See placements", page);
  }
  return gateStep(facts, candidate, name);
}

function gateStep(facts: JourneyFacts, candidate: Candidate, name: string): NextStep {
  const { run, verdict } = candidate;
  const gate = versionPath(facts, "/gate");
  const runPage = run ? `/evals/runs/${run.id}` : gate;
  if (run && (run.state === "queued" || run.state === "running")) {
    const sentence = `Gate of v${candidate.number} is ${run.state}: ${run.done} of ${run.total} replies.`;
    return busy("gate", sentence, "see_run", "See run", runPage);
  }
  switch (verdict) {
    case "pass":
      if (candidate.expired.length > 0) {
        const sentence = `The pass of ${name} has expired. ${candidate.expired.join(" ")}`;
        return you("gate", "waiting", sentence, "run_gate", "Run gate", gate);
      }
      return you("cutover", "waiting", `${name} passed its gate.`, "start_cutover", "Start cutover", gate);
    case "fail":
      return you("gate", "blocked", `${name} failed its gate.`, "see_run", "See what regressed", runPage);
    case "inconclusive":
      return you("gate", "blocked", `The gate of v${candidate.number} is inconclusive.`, "see_run", "See why", runPage);
    case null:
      return you("gate", "waiting", `${name} is loaded; its gate has not run.`, "run_gate", "Run gate", gate);
  }
}

type ActionKind = NonNullable<NextStep["action"]>["kind"];

const you = (
  step: NextStep["step"],
  state: "waiting" | "blocked",
  sentence: string,
  kind: ActionKind,
  label: string,
  href: string,
): NextStep => ({
  step,
  state,
  whoseMove: "you",
  sentence,
  action: { kind, label, href },
});

const busy = (step: NextStep["step"], sentence: string, kind: ActionKind, label: string, href: string): NextStep => ({
  step,
  state: "busy",
  whoseMove: "switchyard",
  sentence,
  action: { kind, label, href },
});
