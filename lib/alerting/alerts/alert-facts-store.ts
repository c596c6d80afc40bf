import { slotsOf } from "#lib/fleet/engine-limits.ts";
import type { NodeLimits } from "#lib/fleet/schema.ts";
import type { Condition } from "#lib/http/schema.ts";
import { GATEWAY_CONDITIONS, WATCHED_CONDITIONS } from "#lib/metrics/conditions/record-condition.ts";
import { countedWindow } from "#lib/metrics/counted-window.ts";
import { countLoads } from "#lib/metrics/load-count-store.ts";
import { scrapeTimes } from "#lib/metrics/scrape/scrape-store.ts";
import { groupBy } from "#lib/platform/browser/group-by.ts";
import type { Tx } from "#lib/platform/db.ts";
import { readSettings } from "#lib/pools/settings/settings-store.ts";
import { gatewayLastSeen } from "#lib/requests/outcomes/outcome-store.ts";
import { commonestReason, readReasons } from "#lib/requests/usage/reasons.ts";
import { readUsageSums } from "#lib/requests/usage/usage-sums-store.ts";
import { minuteOf } from "#lib/requests/usage/usage-windows.ts";
import { listAccepted } from "../objectives/objective-store.ts";
import { recentOf } from "../objectives/recent-store.ts";
import { viewObjectives } from "../objectives/show-objective.ts";
import type { AlertFacts, NodeFacts, ServingPlace, TenantTraffic } from "./alert-facts.ts";
import { lastEvaluation } from "./last-evaluation.ts";
import { readNodeMinutes } from "./node-minutes-store.ts";
import { KEY_NOTICE_MS, WINDOW_MS } from "./thresholds.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** A node whose metrics were last read before this tells nothing. */
const LOOKBACK_MS = 15 * MINUTE_MS;

/** Everything the rules evaluate. Evictions and swaps are those of the counted window: see `counted-window.ts`. */
export async function readAlertFacts(tx: Tx, now: Date): Promise<AlertFacts> {
  const from = new Date(now.getTime() - WINDOW_MS);
  const window = countedWindow(now);
  const nodes = await listNodes(tx);
  const nodeIds = nodes.map(({ id }) => id);
  const serving = await listServing(tx);
  const { evictionAlertThreshold, swapSourceAlert } = await readSettings(tx);
  return {
    now,
    settings: { evictionAlertThreshold, swapSourceAlert },
    pools: await tx.client.pool.findMany({ select: { id: true, name: true } }),
    nodes,
    minutes: await readNodeMinutes(tx, nodeIds, window),
    countedTo: window.to,
    loads: await countLoads(tx, nodeIds, window),
    scrapes: await recentScrapes(tx, nodes, now),
    adaptersAsked: await adaptersAsked(tx, window),
    conditions: await tx.client.serviceCondition.findMany({
      where: { type: { in: [...WATCHED_CONDITIONS] } },
      omit: { reason: true },
    }),
    gatewayHeardAt: await gatewayHeardAt(tx),
    evaluatedAt: await evaluatedAt(tx),
    tenants: await tx.client.tenant.findMany({ where: { status: "active" }, select: { id: true, name: true } }),
    traffic: await trafficSince(tx, from, now),
    serving,
    placesOf: groupBy(serving, ({ tenantId }) => tenantId),
    quarantined: await listQuarantined(tx),
    objectives: await viewObjectives(tx, await listAccepted(tx), now),
    recent: await recentOf(tx, { from, to: now }),
    keys: await listExpiring(tx, now),
  };
}

async function listNodes(tx: Tx): Promise<NodeFacts[]> {
  const rows = await tx.client.node.findMany({
    select: {
      id: true,
      name: true,
      poolId: true,
      standalone: true,
      cordoned: true,
      simulated: true,
      conditions: true,
      limits: true,
      pool: { select: { maxLoras: true } },
    },
  });
  return rows.map(({ pool, conditions, limits, ...node }) => ({
    ...node,
    conditions: conditions as unknown as Condition[],
    slots: slotsOf(limits as NodeLimits | null, pool),
  }));
}

/** A gateway that was stopped takes its row with it, but what it last told of itself stands for a day. */
async function gatewayHeardAt(tx: Tx): Promise<Date | null> {
  const seenAt = await gatewayLastSeen(tx);
  const found = await tx.client.serviceCondition.findFirst({
    where: { subject: "gateway", type: GATEWAY_CONDITIONS.snapshotStale },
    select: { observedAt: true },
  });
  const heard = [seenAt, found?.observedAt].flatMap((at) => at?.getTime() ?? []);
  return heard.length === 0 ? null : new Date(Math.max(...heard));
}

async function evaluatedAt(tx: Tx): Promise<Date | null> {
  const at = await lastEvaluation(tx);
  return at === null ? null : new Date(at);
}

async function recentScrapes(tx: Tx, nodes: readonly NodeFacts[], now: Date): Promise<Map<string, Date>> {
  const scrapes = await scrapeTimes(
    tx,
    nodes.map(({ id }) => id),
  );
  return new Map([...scrapes].filter(([, at]) => now.getTime() - at.getTime() <= LOOKBACK_MS));
}

/** Different versions that each node answered with. */
async function adaptersAsked(tx: Tx, window: { from: Date; to: Date }): Promise<Map<string, number>> {
  const asked = new Map<string, number>();
  const sums = await readUsageSums(tx, {
    ...{ ...window, kinds: ["user", "eval", "shadow", "probe"], stepSeconds: null, by: ["node", "version"], with: [] },
  });
  for (const { keys } of sums) {
    const [nodeId = "", versionId = ""] = keys;
    if (nodeId !== "" && versionId !== "") asked.set(nodeId, (asked.get(nodeId) ?? 0) + 1);
  }
  return asked;
}

async function trafficSince(tx: Tx, from: Date, now: Date): Promise<Map<string, TenantTraffic>> {
  const sums = await readUsageSums(tx, {
    ...{ from: minuteOf(from), to: new Date(now.getTime() + 1), stepSeconds: null },
    ...{ by: ["tenant"], with: ["fallbackReasons", "failureReasons"] },
  });
  const traffic = sums.map(({ keys, answered, fallbacks, failed, stored, simulated }): [string, TenantTraffic] => {
    const reasons = readReasons(stored.fallbackReasons);
    const wanted = reasons.get("control") ?? 0;
    reasons.delete("control");
    const reason = commonestReason(reasons);
    const failure = commonestReason(readReasons(stored.failureReasons));
    const found = { answered: answered - wanted, fellBack: fallbacks - wanted, reason, failed, failure, simulated };
    return [keys[0] ?? "", found];
  });
  return new Map(traffic.filter(([, { answered, failed }]) => answered + failed > 0));
}

const listServing = (tx: Tx): Promise<ServingPlace[]> =>
  tx.client.$queryRaw<ServingPlace[]>`
    SELECT r."tenantId", a."poolId", r."liveVersionId" AS "versionId", p."nodeId"
    FROM "Route" r JOIN "Adapter" a ON a."id" = r."adapterId"
    LEFT JOIN "Placement" p ON p."versionId" = r."liveVersionId" AND p."desire" = 'present'
    WHERE r."liveVersionId" IS NOT NULL`;

async function listQuarantined(tx: Tx): Promise<AlertFacts["quarantined"]> {
  const rows = await tx.client.adapterVersion.findMany({
    where: { state: "quarantined" },
    select: {
      id: true,
      number: true,
      tenantId: true,
      stateReason: true,
      stateChangedAt: true,
      tenant: { select: { name: true } },
      adapter: { select: { name: true, route: { select: { liveVersionId: true } } } },
    },
  });
  return rows.map(({ tenant, adapter, stateReason, stateChangedAt, ...version }) => ({
    ...version,
    tenantName: tenant.name,
    adapterName: adapter.name,
    isLive: adapter.route?.liveVersionId === version.id,
    since: stateChangedAt,
    reason: stateReason,
  }));
}

/**
 * Those that expire within a week, and those that did a day ago. Nodes' own keys are renewed where nodes are, and a key
 * that was made for less than a week is meant to end.
 */
async function listExpiring(tx: Tx, now: Date): Promise<AlertFacts["keys"]> {
  const rows = await tx.client.apiKey.findMany({
    where: {
      revokedAt: null,
      nodeId: null,
      expiresAt: { gt: new Date(now.getTime() - DAY_MS), lt: new Date(now.getTime() + KEY_NOTICE_MS) },
    },
    select: {
      id: true,
      name: true,
      tenantId: true,
      createdAt: true,
      expiresAt: true,
      tenant: { select: { name: true } },
    },
  });
  return rows.flatMap(({ tenant, createdAt, expiresAt, ...key }) =>
    expiresAt === null || expiresAt.getTime() - createdAt.getTime() <= KEY_NOTICE_MS
      ? []
      : [{ ...key, expiresAt, tenantName: tenant?.name ?? null }],
  );
}
