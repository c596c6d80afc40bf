import { type inferParserType, parseAsString, parseAsStringLiteral } from "nuqs/server";
import { ALERT_SEVERITIES } from "#lib/alerting/browser/alert-kinds.ts";
import type { CallInput, Signature } from "#lib/api/client.ts";
import type { JourneyTenant } from "#lib/journey/schema.ts";
import type { RequestOutcome } from "#lib/requests/browser/request-schema.ts";
import { STATUS } from "./status-words.ts";

/**
 * The calls whose answers a page shows first. The page's server part makes them ahead (`app/page-reads.ts`) and its
 * components make them later; both name them here, so that they share one cache entry.
 */
const call = <S extends Signature>(signature: S, input: CallInput<S>): readonly [S, CallInput<S>] => [signature, input];

export const overviewCall = call("GET /overview", {});
export const firstRunCall = call("GET /first-run", {});

/** Enough that those of one cause are found. */
const ALERTS = 50;
type AlertScope = { poolId?: string; nodeId?: string; tenantId?: string };
export const openAlertsCall = (scope: AlertScope = {}) =>
  call("GET /alerts", { query: { ...scope, state: "open", limit: ALERTS } });
export const resolvedAlertsCall = call("GET /alerts", { query: { state: "resolved", limit: ALERTS } });
/** What burns or is missed is among the first. */
export const worstObjectivesCall = call("GET /objectives", { query: { status: "accepted", order: "worst", limit: 5 } });
export const activeIncidentsCall = call("GET /incidents", { query: { state: "active", limit: 5 } });

export const ALERT_STATES = ["open", "resolved", "all"] as const;
export const ALERT_VIEW = {
  state: parseAsStringLiteral(ALERT_STATES).withDefault("open"),
  severity: parseAsStringLiteral(ALERT_SEVERITIES),
};
export type AlertView = inferParserType<typeof ALERT_VIEW>;
export const alertsCall = ({ state, severity }: AlertView) =>
  call("GET /alerts", {
    query: { ...(state === "all" ? {} : { state }), ...(severity === null ? {} : { severity }) },
  });
export const alertCall = (alertId: string) => call("GET /alerts/{alertId}", { params: { alertId } });

/** From the words, not from the schema: the schema would bring its validator into the page. */
export const TENANT_HEALTHS = Object.keys(STATUS.service) as JourneyTenant["health"]["state"][];
export const TENANT_STATUSES = Object.keys(STATUS.tenant) as JourneyTenant["status"][];
export const TENANT_VIEW = {
  q: parseAsString.withDefault("").withOptions({ throttleMs: 300 }),
  health: parseAsStringLiteral(TENANT_HEALTHS),
  status: parseAsStringLiteral(TENANT_STATUSES),
};
export type TenantView = inferParserType<typeof TENANT_VIEW>;
export const tenantsCall = ({ q, health, status }: TenantView) =>
  call("GET /journey/tenants", {
    query: { q: q || undefined, health: health ?? undefined, status: status ?? undefined },
  });
export const movingInCall = call("GET /moving-in", { query: { limit: 1 } });

export const tenantCall = (tenantId: string) => call("GET /tenants/{tenantId}", { params: { tenantId } });
export const journeyCall = (tenantId: string) => call("GET /journey/tenants/{tenantId}", { params: { tenantId } });
export const tenantAdaptersCall = (tenantId: string) => call("GET /adapters", { query: { tenantId } });
export const tenantCutoversCall = (tenantId: string) => call("GET /cutovers", { query: { tenantId, limit: 50 } });
export const fallbacksCall = (tenantId?: string) => call("GET /fallbacks", { query: { tenantId } });
export const incidentUpdatesCall = (tenantId: string) =>
  call("GET /incident-updates", { query: { tenantId, limit: 20 } });
/** Manual overrides that apply now: of one object, or all of them. */
export const controlsCall = ({ tenantId, nodeId }: { tenantId?: string; nodeId?: string } = {}) =>
  call("GET /controls", { query: { active: "true", limit: 100, tenantId, nodeId } });

export const poolsCall = call("GET /pools", { query: {} });
export const poolCall = (poolId: string) => call("GET /pools/{poolId}", { params: { poolId } });

export const NODE_POOL = { pool: parseAsString.withDefault("") };
export const nodesCall = (poolId: string | undefined) => call("GET /nodes", { query: { poolId, limit: 200 } });
export const nodeCall = (nodeId: string) => call("GET /nodes/{nodeId}", { params: { nodeId } });
type Hours = { from?: string; to?: string; minutes?: number };
export const cacheSourcesCall = (nodeId: string, query: Hours = {}) =>
  call("GET /nodes/{nodeId}/cache-sources", { params: { nodeId }, query });

export const adapterCall = (adapterId: string) => call("GET /adapters/{adapterId}", { params: { adapterId } });
export const versionsCall = (adapterId: string) => call("GET /versions", { query: { adapterId } });
export const draftsCall = (adapterId: string) =>
  call("GET /versions", { query: { adapterId, state: "draft", limit: 20 } });
/** The versions of one adapter, newest first, as far as the first 200 go. */
export const lineageCall = (adapterId: string) => call("GET /versions", { query: { adapterId, limit: 200 } });
export const versionCall = (versionId: string) => call("GET /versions/{versionId}", { params: { versionId } });

export const trafficCall = call("GET /traffic", {});
export const REQUEST_OUTCOMES = Object.keys(STATUS.request) as RequestOutcome[];
export const REQUEST_VIEW = {
  outcome: parseAsStringLiteral(REQUEST_OUTCOMES),
  tenant: parseAsString,
  node: parseAsString,
};
export type RequestView = inferParserType<typeof REQUEST_VIEW>;
export const requestsCall = ({ outcome, tenant, node }: RequestView) =>
  call("GET /requests", {
    query: { status: outcome ?? undefined, tenantId: tenant ?? undefined, nodeId: node ?? undefined },
  });

export const runCall = (runId: string) => call("GET /runs/{runId}", { params: { runId } });
export const cutoversCall = call("GET /cutovers", { query: {} });
export const pendingApprovalsCall = call("GET /approvals", { query: { state: "pending", limit: 50 } });
export const activeBatchesCall = call("GET /cutover-batches", { query: { active: "true" } });
export const settingsCall = call("GET /settings", {});
