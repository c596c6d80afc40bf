import type { Condition } from "#lib/http/schema.ts";
import type { SettingValues } from "#lib/pools/browser/settings-schema.ts";
import type { Objective } from "../browser/objective-schema.ts";
import type { RecentRequests } from "../objectives/recent-store.ts";
import type { NodeMinute } from "./node-counts.ts";

export type NodeFacts = {
  id: string;
  name: string;
  poolId: string;
  standalone: boolean;
  cordoned: boolean;
  simulated: boolean;
  conditions: readonly Condition[];
  /** Adapters it has room for on the GPU. */
  slots: number;
};

export type KeptCondition = {
  subject: string;
  tenantId: string | null;
  type: string;
  status: string;
  message: string;
  lastTransitionTime: Date;
  observedAt: Date;
};

/** Customers' answers of a tenant within the window; those that somebody set by hand are not among the fallbacks. */
export type TenantTraffic = {
  answered: number;
  fellBack: number;
  reason: string | null;
  /** Answered with a status of 500 or more, and the gateway's commonest code among them and those turned away. */
  failed: number;
  failure: string | null;
  simulated: boolean;
};

/** Where a tenant's live versions are wanted; nodeId null = nowhere. */
export type ServingPlace = { tenantId: string; poolId: string; versionId: string; nodeId: string | null };

/** Everything the rules evaluate, as of one moment. */
export type AlertFacts = {
  now: Date;
  settings: Pick<SettingValues, "evictionAlertThreshold" | "swapSourceAlert">;
  pools: readonly { id: string; name: string }[];
  nodes: readonly NodeFacts[];
  /** Of the counted window, by node; absent = nothing is known of it. */
  minutes: ReadonlyMap<string, readonly NodeMinute[]>;
  /** When that window ended. */
  countedTo: Date;
  /** Loads that Switchyard asked for within it, by node. */
  loads: ReadonlyMap<string, number>;
  /** The last good scrape of each node's metrics. */
  scrapes: ReadonlyMap<string, Date>;
  /** Different adapters that each node answered for within it. */
  adaptersAsked: ReadonlyMap<string, number>;
  conditions: readonly KeptCondition[];
  tenants: readonly { id: string; name: string }[];
  traffic: ReadonlyMap<string, TenantTraffic>;
  serving: readonly ServingPlace[];
  /** The same by tenant. */
  placesOf: ReadonlyMap<string, readonly ServingPlace[]>;
  quarantined: readonly {
    id: string;
    number: number;
    adapterName: string;
    tenantId: string;
    tenantName: string;
    isLive: boolean;
    since: Date | null;
    reason: string | null;
  }[];
  /** When a gateway last said anything, within the day that it is kept; null = none did. */
  gatewayHeardAt: Date | null;
  /** When the rules were last evaluated with success; null = never. */
  evaluatedAt: Date | null;
  /** Accepted ones. */
  objectives: readonly Objective[];
  /** Of the last minutes, by objective; absent = there were none. */
  recent: ReadonlyMap<string, RecentRequests>;
  keys: readonly { id: string; name: string; tenantId: string | null; tenantName: string | null; expiresAt: Date }[];
};

const MOST_NAMED = 200;

/** Tenants whose live versions are wanted at a place. */
export function tenantsAt(
  serving: readonly ServingPlace[],
  at: Partial<Pick<ServingPlace, "nodeId" | "poolId">>,
): string[] {
  const ids = serving.flatMap((place) =>
    (at.nodeId === undefined || place.nodeId === at.nodeId) && (at.poolId === undefined || place.poolId === at.poolId)
      ? [place.tenantId]
      : [],
  );
  return [...new Set(ids)].sort().slice(0, MOST_NAMED);
}

/** What a tenant's own traffic depends on: its live versions, and the nodes and pools that serve them. */
export const touchedBy = ({ placesOf }: Pick<AlertFacts, "placesOf">, tenantId: string): string[] => {
  const own = placesOf.get(tenantId) ?? [];
  return [...new Set(own.flatMap(({ poolId, nodeId, versionId }) => [poolId, versionId, ...(nodeId ? [nodeId] : [])]))];
};
