import type { Via } from "#lib/requests/schema.ts";
import { type Rejection, reject } from "../front/rejection.ts";
import type {
  AdapterEntry,
  EndpointEntry,
  PoolEntry,
  Snapshot,
  TenantEntry,
  VersionEntry,
} from "../snapshot/snapshot.ts";
import { tenantControls } from "./controls-in-force.ts";
import type { Target } from "./resolve-target.ts";

/** One way to answer a request. */
export type Option = {
  via: Via;
  /** It stands in for the route's own target: live, candidate, pinned, the base asked for by name, origin before that. */
  isFallback: boolean;
  /** The version that gets a share of the conversations; its breaker sends them to the live one. */
  isCandidate: boolean;
  adapterId: string | null;
  /** null = no version of ours answers. */
  version: VersionEntry | null;
} & (
  | {
      on: "node";
      poolId: string;
      /** The name the node is asked for. */
      model: string;
    }
  | {
      on: "endpoint";
      endpoint: EndpointEntry;
      /** null = what the customer sent. */
      model: string | null;
    }
);

export type NodeOption = Extract<Option, { on: "node" }>;
/** An option that is asked besides the one that answers. */
export type Mirror = NodeOption & { version: VersionEntry };

export type Plan =
  | {
      kind: "plan";
      /** In order of preference, at least one. */
      options: readonly Option[];
      /** A control put fallbacks first: those before the route's own target are answers by its wish ("control"). */
      forced: boolean;
      /** Gets a copy of the request; its reply is thrown away. */
      mirror: Mirror | null;
    }
  | { kind: "reject"; rejection: Rejection; adapterId: string | null };

export type RouteAsk = {
  tenant: TenantEntry;
  target: Target;
  /** The conversation's place in [0, 1); asked only where conversations are split. @param salt makes splits independent */
  unit: (salt: string) => number;
  /** Random in [0, 1); asked only where requests are mirrored. */
  mirrorUnit: () => number;
  now: Date;
};

const SHED_RETRY_MAX_SECONDS = 60;

/** Which ways to answer a request has, before anybody looks at nodes and load. */
export function planRoute(ask: RouteAsk, snapshot: Snapshot): Plan {
  const { target } = ask;
  switch (target.kind) {
    // no customer's: evaluations and probes go on while the tenant's own requests are refused
    case "pinned":
      return planOf([onVersion(target.version, "primary")]);
    case "base":
      return shed(ask, snapshot, null) ?? planOf([onBase(target.pool, null, false)]);
    case "adapter":
      return shed(ask, snapshot, target.adapter.id) ?? planAdapter(target.adapter, ask, snapshot);
  }
}

/** Vectors of different models cannot be compared: an embedding has no substitute. */
export function withoutFallbacks(plan: Plan, target: Target): Plan {
  if (plan.kind === "reject") return plan;
  const options = plan.options.filter(({ isFallback }) => !isFallback);
  if (options.length > 0) return { ...plan, options };
  return { kind: "reject", adapterId: plan.options[0]?.adapterId ?? null, rejection: noAnswer(target) };
}

/** What the client is told when none of a plan's options could answer. */
export function noAnswer(target: Target): Rejection {
  return target.kind === "pinned"
    ? reject("pinned_version_not_routable", { retryAfterSeconds: 2 })
    : reject("no_node", { retryAfterSeconds: 5 });
}

function shed({ tenant, now }: RouteAsk, snapshot: Snapshot, adapterId: string | null): Plan | null {
  const until = tenantControls(tenant.id, snapshot, now).shedUntil;
  if (until === null) return null;
  const retryAfterSeconds = Math.min(SHED_RETRY_MAX_SECONDS, Math.ceil((until.getTime() - now.getTime()) / 1000));
  return { kind: "reject", adapterId, rejection: reject("tenant_shed", { retryAfterSeconds }) };
}

/** Plans that depend on nothing but the snapshot: those of most requests. They go with its adapters. */
const settled = new WeakMap<AdapterEntry, Plan>();

function planAdapter(adapter: AdapterEntry, ask: RouteAsk, snapshot: Snapshot): Plan {
  if (adapter.candidate !== null || adapter.mirror !== null || snapshot.controls.length > 0)
    return newPlan(adapter, ask, snapshot);
  const known = settled.get(adapter);
  if (known !== undefined) return known;
  const plan = newPlan(adapter, ask, snapshot);
  settled.set(adapter, plan);
  return plan;
}

function newPlan(adapter: AdapterEntry, ask: RouteAsk, snapshot: Snapshot): Plan {
  const { tenant, now } = ask;
  const candidate = chosenCandidate(adapter, ask, snapshot);
  if (adapter.liveVersionId === null && adapter.originEndpointId === null && candidate === null) {
    const says = `The model ${adapter.slug} has no live version yet.`;
    return {
      kind: "reject",
      adapterId: adapter.id,
      rejection: reject("model_not_live", { says, param: "model" }),
    };
  }
  const controls = tenantControls(tenant.id, snapshot, now);
  const previous = versionOption(adapter.previousVersionId, "previous_version", tenant, snapshot);
  const fallbacks = fallbacksOf(adapter, tenant, previous, snapshot);
  const forced = [
    ...(controls.servesPrevious && previous ? [previous] : []),
    ...(controls.servesFallback ? fallbacks : []),
  ];
  const own = [candidate, ownTarget(adapter, tenant, snapshot)].filter((option) => option !== null);
  const options = withoutRepeats([...forced, ...own, ...fallbacks]);
  if (options.length === 0)
    return { kind: "reject", adapterId: adapter.id, rejection: noAnswer({ kind: "adapter", adapter }) };
  return {
    kind: "plan",
    options,
    forced: forced.length > 0,
    mirror: chosenMirror(adapter, options[0]?.version ?? null, ask, snapshot),
  };
}

function chosenCandidate(
  { id, candidate, liveVersionId }: AdapterEntry,
  { tenant, unit }: RouteAsk,
  snapshot: Snapshot,
): Option | null {
  if (candidate === null || candidate.versionId === liveVersionId) return null;
  if (unit(`${id} ${candidate.versionId}`) >= candidate.weight / 100) return null;
  const option = versionOption(candidate.versionId, "primary", tenant, snapshot);
  return option && { ...option, isCandidate: true };
}

function chosenMirror(
  { mirror }: AdapterEntry,
  answering: VersionEntry | null,
  { tenant, mirrorUnit }: RouteAsk,
  snapshot: Snapshot,
): Mirror | null {
  if (mirror === null || mirror.versionId === answering?.id || mirrorUnit() >= mirror.share / 100) return null;
  const version = ownVersion(mirror.versionId, tenant, snapshot);
  return version && onVersion(version, "primary");
}

/** The live version; before there is one, the customer's present endpoint. */
function ownTarget(adapter: AdapterEntry, tenant: TenantEntry, snapshot: Snapshot): Option | null {
  if (adapter.liveVersionId !== null) return versionOption(adapter.liveVersionId, "primary", tenant, snapshot);
  return endpointOption(adapter.originEndpointId, "origin", adapter, tenant, snapshot, false);
}

/** What the tenant's policy lets stand in, the better first. */
function fallbacksOf(
  adapter: AdapterEntry,
  tenant: TenantEntry,
  previous: Option | null,
  snapshot: Snapshot,
): Option[] {
  const pool = snapshot.pools.get(adapter.poolId);
  const base = pool && pool.fallback !== "reject" ? [onBase(pool, adapter.id, true)] : [];
  switch (tenant.fallback) {
    case "reject":
      return [];
    case "base_model":
      return base;
    case "previous_version": {
      if (previous !== null) return [previous, ...base];
      // what answered before the first cutover is the only "before" there is; an endpoint that may be gone comes last
      const isBefore = adapter.liveVersionId !== null && adapter.previousVersionId === null;
      const origin = isBefore
        ? endpointOption(adapter.originEndpointId, "origin", adapter, tenant, snapshot, true)
        : null;
      return origin ? [...base, origin] : base;
    }
    case "hosted_provider": {
      // a tenant's data goes to the provider that was chosen for it, never to another because that one is missing
      const chosen = tenant.hostedEndpointId ?? pool?.hostedEndpointId ?? null;
      const hosted = endpointOption(chosen, "hosted_provider", adapter, tenant, snapshot, true);
      return hosted ? [hosted] : base;
    }
  }
}

/** null also where the catalog names another tenant's version: that must never answer. */
function ownVersion(versionId: string | null, tenant: TenantEntry, snapshot: Snapshot): VersionEntry | null {
  const version = versionId === null ? undefined : snapshot.versions.get(versionId);
  return version && version.tenantId === tenant.id ? version : null;
}

function versionOption(
  versionId: string | null,
  via: "primary" | "previous_version",
  tenant: TenantEntry,
  snapshot: Snapshot,
): Option | null {
  const version = ownVersion(versionId, tenant, snapshot);
  return version && onVersion(version, via);
}

const onVersion = (version: VersionEntry, via: "primary" | "previous_version"): Mirror => ({
  via,
  isFallback: via === "previous_version",
  isCandidate: false,
  adapterId: version.adapterId,
  version,
  on: "node",
  poolId: version.poolId,
  model: version.loraName,
});

const onBase = (pool: PoolEntry, adapterId: string | null, isFallback: boolean): Option => ({
  via: "base_model",
  isFallback,
  isCandidate: false,
  adapterId,
  version: null,
  on: "node",
  poolId: pool.id,
  model: pool.baseModel,
});

function endpointOption(
  endpointId: string | null,
  via: "origin" | "hosted_provider",
  adapter: AdapterEntry,
  tenant: TenantEntry,
  snapshot: Snapshot,
  isFallback: boolean,
): Option | null {
  const endpoint = endpointId === null ? undefined : snapshot.endpoints.get(endpointId);
  if (!endpoint || (endpoint.tenantId !== null && endpoint.tenantId !== tenant.id)) return null;
  const { id: adapterId } = adapter;
  const { model } = endpoint;
  return { via, isFallback, isCandidate: false, adapterId, version: null, on: "endpoint", endpoint, model };
}

const planOf = (options: readonly Option[]): Plan => ({ kind: "plan", options, forced: false, mirror: null });

/** The same answer is not tried twice under two names. */
const withoutRepeats = (options: readonly Option[]): Option[] =>
  options.filter((option, index) => options.findIndex((earlier) => isSameAnswer(earlier, option)) === index);

const isSameAnswer = (one: Option, other: Option): boolean =>
  one.on === "node"
    ? other.on === "node" && one.poolId === other.poolId && one.model === other.model
    : other.on === "endpoint" && one.endpoint.id === other.endpoint.id;
