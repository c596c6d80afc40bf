import type { TenantControlKind } from "#lib/fleet/controls/control-order.ts";
import { fallbackOf, ownAnswer, type Service } from "./fallback-of.ts";
import { listed, namedTenants } from "./format-parts.ts";
import type { Effects } from "./node-consequences.ts";
import { type MinuteLoad, rate, sum } from "./predict-load.ts";

export type TenantFacts = {
  tenant: { id: string; name: string };
  services: readonly Service[];
  /** Serving nodes of its pools, with what they are called. */
  nodes: ReadonlyMap<string, { name: string; poolId: string }>;
  /** Of this tenant in the last hour; null = nobody reported. */
  loads: readonly MinuteLoad[] | null;
};

/** What follows when one tenant's requests are answered by something else than its live version, or by nothing. */
export function tenantConsequences(kind: TenantControlKind, facts: TenantFacts): Effects {
  switch (kind) {
    case "shed":
      return shedConsequences(facts);
    case "serve_previous":
    case "serve_fallback":
      return insteadConsequences(kind, facts);
  }
}

type Instead = Exclude<TenantControlKind, "shed">;

const UNDO =
  "Revert it: the next request goes to the live version again. It also ends automatically when its time is up.";

function shedConsequences({ tenant, services, nodes, loads }: TenantFacts): Effects {
  const self = namedTenants([{ tenantId: tenant.id, tenantName: tenant.name }]);
  return {
    sentence: `Requests of ${tenant.name} are refused with 429 and a Retry-After time; its evaluations continue.`,
    changes: services.map((service) => ({ what: service.adapterSlug, from: ownAnswer(service), to: "refused" })),
    tenants: self,
    requests: loads && sum(loads),
    predicted: [
      loadSentence(
        { loads, nodes },
        (load, where) => `About ${load}${where} end at the gateway; others get that room.`,
      ),
    ],
    withoutAnswer: self,
    undo: UNDO,
  };
}

function insteadConsequences(kind: Instead, facts: TenantFacts): Effects {
  const { tenant, services, loads } = facts;
  const answers = services.map((service) => ({ service, ...answerInstead(kind, service, servingIn(facts, service)) }));
  const touched = answers.flatMap(({ service, changes }) => (changes ? [service] : []));
  const moved =
    loads === null ? null : loads.filter((load) => touched.some(({ adapterId }) => adapterId === load.adapterId));
  return {
    sentence: SENTENCE[kind](tenant.name),
    changes: answers.map(({ service, to }) => ({ what: service.adapterSlug, from: ownAnswer(service), to })),
    tenants: namedTenants(touched),
    requests: moved && sum(moved),
    predicted: touched.length === 0 ? [] : [predict(kind, { ...facts, loads: moved })],
    withoutAnswer: { count: 0, names: [] },
    undo: UNDO,
  };
}

const SENTENCE: Record<Instead, (name: string) => string> = {
  serve_previous: (name) => `${name} is answered by the version before the live one, while a node can.`,
  serve_fallback: (name) => `${name} is answered by its fallback instead of its live version.`,
};

const servingIn = ({ nodes }: TenantFacts, { poolId }: Service): string[] =>
  [...nodes].filter(([, node]) => node.poolId === poolId).map(([id]) => id);

/** What would answer; where nothing else can, its own target goes on. */
function answerInstead(kind: Instead, service: Service, serving: readonly string[]): { to: string; changes: boolean } {
  switch (kind) {
    case "serve_previous": {
      const { previous } = service;
      if (previous?.on.some((id) => serving.includes(id)))
        return { to: `version ${previous.number}, on ${previous.on.length} of ${serving.length} nodes`, changes: true };
      const why = previous === null ? "no version was live before" : `version ${previous.number} is on no serving node`;
      return { to: `${ownAnswer(service)}: ${why}`, changes: false };
    }
    case "serve_fallback": {
      const answer = fallbackOf(service, serving);
      if (answer !== null) return { to: answer, changes: true };
      return { to: `${ownAnswer(service)}: nothing else may answer`, changes: false };
    }
  }
}

function predict(kind: Instead, facts: TenantFacts): string {
  switch (kind) {
    case "serve_previous":
      return loadSentence(
        facts,
        (load, where) =>
          `About ${load}${where} change their version. The first on each node waits for its weights, unless they are in a GPU slot.`,
      );
    case "serve_fallback":
      return loadSentence(facts, (load, where) =>
        facts.services.some(({ fallback, provider }) => fallback === "hosted_provider" && provider !== null)
          ? `About ${load} leave the nodes for the hosted provider, which bills them.`
          : `About ${load}${where} are answered by something else than their own version.`,
      );
  }
}

/** @param format gets the rate, and " on node-1 and node-2" */
function loadSentence(
  { loads, nodes }: Pick<TenantFacts, "loads" | "nodes">,
  format: (load: string, where: string) => string,
): string {
  if (loads === null) return "How many requests it touches is unknown: no gateway has reported in the last hour.";
  const requests = sum(loads);
  if (requests === 0) return "It sent no request in the last hour.";
  const names = new Set(loads.flatMap(({ nodeId }) => (nodeId && nodes.get(nodeId)?.name) || []));
  return format(rate(requests, 60), names.size === 0 ? "" : ` on ${listed([...names].sort())}`);
}
