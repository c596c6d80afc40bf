import type { FallbackPolicy } from "#lib/pools/schema.ts";
import type { TenantStatus } from "#lib/registry/schema.ts";
import type { HealthReason, ServiceState } from "./schema.ts";

/** One node that should serve the live version. */
export type ServingNode = {
  /** null = a customer's view, which has no nodes. */
  name: string | null;
  /** `unknown`: nobody has looked for a while. `down`: it does not answer. */
  state: "routable" | "loading" | "failed" | "down" | "unknown";
  /** Since when it is in this state, as far as is known. */
  since: Date | null;
  /** The last look that this rests on. */
  seenAt: Date | null;
};

/** The route's own user requests of the last minutes, as the gateway traced them. */
export type RecentTraffic = {
  requests: number;
  answered: number;
  /** Answered with 500 or more. */
  failed: number;
  /** Of `answered`, by something else than the live version. */
  fellBack: number;
  p95Ms: number | null;
  /** What became of the newest request. */
  last: { at: Date; outcome: "primary" | "fallback" | "failed" | "refused" } | null;
  /** First request since the last good one that failed or fell back; null = the newest was good. */
  troubleSince: Date | null;
  /** Newest request of the last hour that failed or fell back. */
  lastTroubleAt: Date | null;
};

export type ServiceFacts = {
  tenantStatus: TenantStatus;
  adapterSlug: string;
  live: { number: number; since: Date | null } | null;
  nodes: readonly ServingNode[];
  fallback: FallbackPolicy;
  /** Whether a fallback could answer now; null = not to be known from here. */
  isFallbackReady: boolean | null;
  traffic: RecentTraffic;
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
/** How long one good answer outweighs not having looked. */
const PROOF_MS = 60_000;

const FALLBACK_WORDS: Record<FallbackPolicy, string> = {
  base_model: "the base model",
  previous_version: "the previous version",
  hosted_provider: "a hosted provider",
  reject: "nothing",
};

const CLOSED_WORDS: Record<Exclude<TenantStatus, "active">, string> = {
  suspended: "Suspended: requests are refused.",
  offboarding: "Being off-boarded: requests are refused.",
  archived: "Archived: nothing of it is served or stored any more.",
};

/**
 * The one answer to "is it fine?". Requests count for more than looks at nodes, and what nobody could see is never
 * called healthy.
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
  if (live === null) return answer("not_live_yet", `${adapterSlug} has no live version yet.`, null);
  const version = `${adapterSlug} version ${live.number}`;
  const reasons = reasonsOf(facts);
  if (traffic.failed >= ERRORS_MIN && traffic.answered === 0)
    return answer("not_serving", `${version} answers no request.`, traffic.troubleSince, reasons);
  if (traffic.last?.outcome === "fallback")
    return answer("on_fallback", `Requests for ${version} are answered by a fallback.`, traffic.troubleSince, reasons);
  const routable = facts.nodes.filter((node) => node.state === "routable").length;
  if (routable === 0) return withoutNodes(facts, version, reasons, answer, now);
  const where = facts.nodes.some((node) => node.name !== null)
    ? ` from ${routable} of ${facts.nodes.length} nodes`
    : "";
  if (reasons.length > 0)
    return answer("degraded", `${version} is served${where}, but not as it should be.`, degradedSince(facts), reasons);
  const since = latest([live.since, traffic.lastTroubleAt, ...facts.nodes.map((node) => node.since)]);
  return answer("healthy", `${version} is served${where}.`, since);
}

type Answer = (state: ServiceState, sentence: string, since: Date | null, reasons?: HealthReason[]) => ServiceHealth;

/** No node is known to have the live version. */
function withoutNodes(facts: ServiceFacts, version: string, reasons: HealthReason[], answer: Answer, now: Date) {
  const { nodes, traffic, fallback } = facts;
  const last = traffic.last;
  if (nodes.some((node) => node.state === "unknown")) {
    if (last?.outcome === "primary" && now.getTime() - last.at.getTime() <= PROOF_MS)
      return answer("degraded", `${version} answers, but nobody has looked at its nodes for a while.`, null, reasons);
    return answer("unknown", `Nobody can say whether ${version} is served.`, null, reasons);
  }
  const since = latest(nodes.map((node) => node.since));
  const reject = fallback === "reject" || facts.isFallbackReady === false;
  if (reject) return answer("not_serving", `No node can serve ${version}.`, since, reasons);
  const words = FALLBACK_WORDS[fallback];
  return answer("on_fallback", `No node can serve ${version}; requests go to ${words}.`, since, reasons);
}

function reasonsOf({ nodes, traffic }: ServiceFacts): HealthReason[] {
  const reasons: HealthReason[] = [];
  const add = (code: string, message: string) => reasons.push({ code, message });
  if (nodes.length === 0) add("not_placed", "No node is meant to hold the live version.");
  for (const node of nodes) {
    const name = node.name ?? "A node";
    if (node.state === "down") add("node_down", `${name} does not answer.`);
    if (node.state === "failed") add("load_failed", `${name} could not load it.`);
    if (node.state === "loading") add("loading", `${name} is loading it.`);
    if (node.state === "unknown") add("not_seen", `Nobody has looked at ${node.name ?? "a node"} for a while.`);
  }
  if (traffic.fellBack > 0)
    add("fell_back", `${traffic.fellBack} of ${traffic.answered} answers of the last 5 minutes came from a fallback.`);
  if (traffic.failed >= ERRORS_MIN && traffic.failed >= traffic.requests * ERROR_SHARE_MIN)
    add("errors", `${traffic.failed} of ${traffic.requests} requests of the last 5 minutes failed.`);
  return reasons;
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
