import type { ControlKind } from "#lib/fleet/browser/control-kinds.ts";
import type { FallbackPolicy } from "#lib/pools/schema.ts";
import type { TenantStatus } from "#lib/registry/schema.ts";
import type { Via } from "#lib/requests/schema.ts";
import type { HealthReason, ServiceState } from "../schema.ts";

/** One node that should serve the live version. */
export type ServingNode = {
  /** null = a customer's view, which has no nodes. */
  name: string | null;
  /** `unknown`: nobody has looked for a while. `down`: it does not answer. */
  state: "routable" | "loading" | "failed" | "down" | "unknown";
  /** Since when it is in this state, as far as is known. */
  since: Date | null;
  /** The last poll that this rests on. */
  seenAt: Date | null;
};

/** The route's own user requests of the last minutes, as the gateway traced them. */
export type RecentTraffic = {
  requests: number;
  answered: number;
  /** Answered with 500 or more. */
  failed: number;
  /** Turned away for want of room, or by hand; a tenant over its own limits is not among them. */
  shed: number;
  /** Of `answered`, by something else than the route's own target. */
  fellBack: number;
  p95Ms: number | null;
  /** What became of the newest request. */
  last: { at: Date; outcome: "own" | "fallback" | "failed" | "shed" | "refused" } | null;
  /** First request since the last good one that failed, fell back or was shed; null = the newest was good. */
  troubleSince: Date | null;
  /** Newest request of the last hour that failed, fell back or was shed. */
  lastTroubleAt: Date | null;
};

export type ServiceFacts = {
  tenantStatus: TenantStatus;
  adapterSlug: string;
  live: { number: number; since: Date | null } | null;
  /** Before anything is live, the customer's present endpoint answers. */
  hasOrigin: boolean;
  nodes: readonly ServingNode[];
  fallback: FallbackPolicy;
  /** What would stand in now; null = nothing, unknown = not to be known from here. */
  servedVia: Exclude<Via, "primary"> | "unknown" | null;
  /** What was set by hand about the tenant or the route's nodes, as far as the caller may see it. */
  controls: readonly ControlInForce[];
  /** The tenant's accepted objectives whose budget is gone, in a sentence each. */
  missed: readonly string[];
  traffic: RecentTraffic;
};

/** Set by hand until a time. */
export type ControlInForce = {
  kind: ControlKind;
  /** null = it is about the tenant, or about everything. */
  nodeName: string | null;
  reason: string;
  startedAt: Date;
  expiresAt: Date;
};

export type ServiceHealth = {
  state: ServiceState;
  sentence: string;
  since: Date | null;
  checkedAt: Date | null;
  reasons: HealthReason[];
};

/** Two failures of twenty are worth a look; one of two hundred is not. */
const ERROR_SHARE_MIN = 0.05;
const ERRORS_MIN = 2;
/** How long one good answer outweighs not having polled. */
const PROOF_MS = 60_000;

const VIA_WORDS: Record<Exclude<Via, "primary">, string> = {
  base_model: "the base model",
  previous_version: "the previous version",
  hosted_provider: "a hosted provider",
  origin: "the customer's own endpoint",
};

const CLOSED_WORDS: Record<Exclude<TenantStatus, "active">, string> = {
  suspended: "Suspended: requests are refused.",
  offboarding: "Being off-boarded: requests are refused.",
  archived: "Archived: nothing of it is served or stored any more.",
};

/**
 * The one answer to "is it fine?". Requests count for more than polls of nodes. What nobody could see is never called
 * healthy, nor is a tenant whose objective is missed.
 */
export function decideServiceHealth(facts: ServiceFacts, now: Date): ServiceHealth {
  const { adapterSlug, live, traffic } = facts;
  const checkedAt = latest([...facts.nodes.map((node) => node.seenAt), traffic.last?.at ?? null]);
  const answer = (state: ServiceState, sentence: string, since: Date | null, reasons: HealthReason[] = []) => ({
    state,
    sentence,
    since,
    checkedAt,
    reasons,
  });
  if (facts.tenantStatus !== "active") return answer("suspended", CLOSED_WORDS[facts.tenantStatus], null);
  if (live === null && !facts.hasOrigin) return answer("not_live_yet", `${adapterSlug} has no live version yet.`, null);
  const subject = live === null ? `${adapterSlug} at its origin` : `${adapterSlug} version ${live.number}`;
  const reasons = reasonsOf(facts);
  const shed = facts.controls.find((control) => control.kind === "shed");
  if (shed)
    return answer("not_serving", `Requests for ${subject} are refused by a manual override.`, shed.startedAt, reasons);
  if (traffic.failed + traffic.shed >= ERRORS_MIN && traffic.answered === 0)
    return answer("not_serving", `${subject} answers no request.`, traffic.troubleSince, reasons);
  if (traffic.last?.outcome === "fallback")
    return answer("on_fallback", fallbackSentence(subject, traffic.last.at, now), traffic.troubleSince, reasons);
  const forced = facts.controls.find(({ kind }) => kind === "serve_previous" || kind === "serve_fallback");
  if (forced)
    return answer(
      "on_fallback",
      `Requests for ${subject} go to a fallback because of a manual override.`,
      forced.startedAt,
      reasons,
    );
  if (live === null) return atOrigin(facts, reasons, answer);
  const routable = facts.nodes.filter((node) => node.state === "routable").length;
  if (routable === 0) return withoutNodes(facts, subject, reasons, answer, now);
  const where = facts.nodes.some((node) => node.name !== null)
    ? ` from ${routable} of ${facts.nodes.length} nodes`
    : "";
  const why = reasons.find(({ code }) => !code.startsWith(CONTROL_CODE));
  if (why) return answer("degraded", `${subject} is served${where}. ${why.message}`, degradedSince(facts), reasons);
  const since = latest([live.since, traffic.lastTroubleAt, ...facts.nodes.map((node) => node.since)]);
  return answer("healthy", `${subject} is served${where}.`, since, reasons);
}

/** The newest request tells how it is; when nobody has asked for a while, it tells only how it was. */
const fallbackSentence = (subject: string, at: Date, now: Date): string =>
  now.getTime() - at.getTime() <= PROOF_MS
    ? `Requests for ${subject} are answered by a fallback.`
    : `The last request for ${subject}, at ${at.toISOString().slice(11, 16)} UTC, was answered by a fallback; none came since.`;

type Answer = (state: ServiceState, sentence: string, since: Date | null, reasons?: HealthReason[]) => ServiceHealth;

/** Nobody looks at an origin between requests: only they tell. */
function atOrigin({ adapterSlug, traffic }: ServiceFacts, reasons: HealthReason[], answer: Answer): ServiceHealth {
  const served = `${adapterSlug} is served by its origin`;
  const [why] = reasons;
  if (why) return answer("degraded", `${served}. ${why.message}`, traffic.troubleSince, reasons);
  if (traffic.last?.outcome === "own") return answer("healthy", `${served}.`, traffic.lastTroubleAt);
  return answer(
    "unknown",
    `${served}, but there were no requests in the last 5 minutes, so it is unknown whether it answers.`,
    null,
  );
}

/** No node is known to have the live version. */
function withoutNodes(facts: ServiceFacts, version: string, reasons: HealthReason[], answer: Answer, now: Date) {
  const { nodes, traffic, servedVia } = facts;
  const last = traffic.last;
  if (nodes.some((node) => node.state === "unknown")) {
    if (last?.outcome === "own" && now.getTime() - last.at.getTime() <= PROOF_MS)
      return answer("degraded", `${version} answers, but its nodes have not been polled recently.`, null, reasons);
    return answer("unknown", `It is unknown whether ${version} is served.`, null, reasons);
  }
  const since = latest(nodes.map((node) => node.since));
  if (facts.fallback === "reject" || servedVia === null)
    return answer("not_serving", `No node can serve ${version}.`, since, reasons);
  const words = servedVia === "unknown" ? VIA_WORDS[facts.fallback] : VIA_WORDS[servedVia];
  return answer("on_fallback", `No node can serve ${version}; requests go to ${words}.`, since, reasons);
}

/** Reasons that were set by hand are wanted: alone they make nothing unhealthy. */
const CONTROL_CODE = "control_";

function reasonsOf({ live, nodes, traffic, controls, missed }: ServiceFacts): HealthReason[] {
  const reasons: HealthReason[] = [];
  const add = (code: string, message: string) => reasons.push({ code, message });
  for (const control of controls) add(`${CONTROL_CODE}${control.kind}`, controlSentence(control));
  if (live !== null && nodes.length === 0 && !controls.some(({ nodeName }) => nodeName !== null))
    add("not_placed", "No node is meant to hold the live version.");
  for (const node of nodes) {
    const name = node.name ?? "A node";
    if (node.state === "down") add("node_down", `${name} does not answer.`);
    if (node.state === "failed") add("load_failed", `${name} could not load it.`);
    if (node.state === "loading") add("loading", `${name} is loading it.`);
    if (node.state === "unknown") add("not_seen", `${node.name ?? "A node"} has not been polled recently.`);
  }
  if (traffic.fellBack > 0)
    add("fell_back", `${traffic.fellBack} of ${traffic.answered} answers of the last 5 minutes came from a fallback.`);
  const isMany = (count: number) => count >= ERRORS_MIN && count >= traffic.requests * ERROR_SHARE_MIN;
  if (isMany(traffic.shed))
    add("shed", `${traffic.shed} of ${traffic.requests} requests of the last 5 minutes were turned away.`);
  if (isMany(traffic.failed))
    add("errors", `${traffic.failed} of ${traffic.requests} requests of the last 5 minutes failed.`);
  for (const objective of missed) add("objective_missed", objective);
  return reasons;
}

function controlSentence({ kind, nodeName, reason, expiresAt }: ControlInForce): string {
  const until = `until ${expiresAt.toISOString().slice(11, 16)} UTC, manual override: ${reason}`;
  const node = nodeName ?? "A node";
  switch (kind) {
    case "serve_previous":
      return `The previous version is served ${until}`;
    case "serve_fallback":
      return `The fallback is served ${until}`;
    case "shed":
      return `Requests are turned away ${until}`;
    case "freeze":
      return `Cutovers and evals are frozen ${until}`;
    case "cordon":
      return `${node} is cordoned ${until}`;
    case "drain":
      return `${node} is drained ${until}`;
  }
}

/** A node that is away has been so since its last change; trouble with requests only, since the newest of it began. */
const degradedSince = ({ nodes, traffic }: ServiceFacts): Date | null =>
  latest(nodes.filter((node) => node.state !== "routable").map((node) => node.since)) ?? traffic.troubleSince;

export const latest = (times: readonly (Date | null)[]): Date | null =>
  times.reduce((newest, time) => (time && (!newest || time > newest) ? time : newest), null);

/** Worst first. A tenant that is live with one adapter is not "not live yet" because it starts a second. */
const WORST_FIRST: readonly ServiceState[] = [
  "suspended",
  "not_serving",
  "on_fallback",
  "degraded",
  "unknown",
  "healthy",
  "not_live_yet",
];

/** The route that a tenant is judged by; null for a tenant without any. */
export const worstOf = <Route extends { state: ServiceState }>(routes: readonly Route[]): Route | null =>
  routes.reduce<Route | null>(
    (worst, route) =>
      worst === null || WORST_FIRST.indexOf(route.state) < WORST_FIRST.indexOf(worst.state) ? route : worst,
    null,
  );
