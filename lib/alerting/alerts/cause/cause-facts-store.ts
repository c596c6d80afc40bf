import type { Tx } from "#lib/platform/db.ts";
import { QUEUED_MS } from "#lib/requests/usage/usage-buckets.ts";
import { findFindingsAt } from "../../findings/finding-store.ts";
import { toFinding } from "../../findings/show-findings.ts";
import type { AlertSpan, Minutes, Symptomatic } from "./cause-facts.ts";
import type { Symptom } from "./confirm-cause.ts";

type Window = { from: Date; to: Date };

/** Adds a minute to those of a key. */
function put(sets: Map<string, Set<number>>, key: string, at: Date): void {
  const minutes = sets.get(key) ?? new Set<number>();
  sets.set(key, minutes.add(at.getTime()));
}

/** Counts by node and minute. */
function counted(rows: readonly { nodeId: string; at: Date; count: number }[]): Map<string, Map<number, number>> {
  const byNode = new Map<string, Map<number, number>>();
  for (const { nodeId, at, count } of rows) {
    const minutes = byNode.get(nodeId) ?? new Map<number, number>();
    byNode.set(nodeId, minutes.set(at.getTime(), count));
  }
  return byNode;
}

/** Loads that Switchyard asked for and that succeeded. */
export async function loadsByMinute(tx: Tx, nodeIds: readonly string[], { from, to }: Window) {
  return counted(
    await tx.client.$queryRaw<{ nodeId: string; at: Date; count: number }[]>`
      SELECT "nodeId", date_trunc('minute', "at", 'UTC') AS "at", count(*)::int AS "count" FROM "LoadEvent"
      WHERE "nodeId" = ANY(${[...nodeIds]}) AND "at" >= ${from} AND "at" < ${to} AND "kind" = 'load' AND "outcome" = 'ok'
      GROUP BY 1, 2`,
  );
}

/** Different adapters that customers asked each node for. */
export async function activeAdapters(tx: Tx, nodeIds: readonly string[], { from, to }: Window) {
  if (nodeIds.length === 0) return counted([]);
  return counted(
    await tx.client.$queryRaw<{ nodeId: string; at: Date; count: number }[]>`
      SELECT "nodeId", date_trunc('minute', "arrivedAt", 'UTC') AS "at", count(DISTINCT "loraName")::int AS "count"
      FROM "RequestTrace"
      WHERE "nodeId" = ANY(${[...nodeIds]}) AND "arrivedAt" >= ${from} AND "arrivedAt" < ${to} AND "kind" = 'user'
      GROUP BY 1, 2`,
  );
}

/** Minutes in which requests of evaluations, and copies of customers' requests, ran on each node. */
export async function otherTraffic(tx: Tx, nodeIds: readonly string[], { from, to }: Window) {
  const [evaluation, shadow] = [new Map<string, Set<number>>(), new Map<string, Set<number>>()];
  const kinds = { in: ["eval" as const, "shadow" as const] };
  // requests are many and usage is little: most of the time there are none
  const some = await tx.client.usage.findFirst({ where: { kind: kinds, minute: { gte: from, lt: to } } });
  if (some === null) return { evaluation, shadow };
  const rows = await tx.client.$queryRaw<{ nodeId: string; kind: "eval" | "shadow"; at: Date }[]>`
    SELECT DISTINCT "nodeId", "kind"::text AS "kind", minute AS "at" FROM "RequestTrace",
      generate_series(date_trunc('minute', "arrivedAt", 'UTC'), "endedAt", interval '1 minute') AS minute
    WHERE "nodeId" = ANY(${[...nodeIds]}) AND "arrivedAt" >= ${from} AND "arrivedAt" < ${to} AND "kind" IN ('eval', 'shadow')`;
  for (const { nodeId, kind, at } of rows) put(kind === "eval" ? evaluation : shadow, nodeId, at);
  return { evaluation, shadow };
}

/** Minutes in which more than one request of twenty waited longer for a place than an alert's limit allows. */
export async function queueMinutes(
  tx: Tx,
  alerts: readonly Pick<Symptomatic, "key" | "tenantIds" | "limitMs">[],
  share: number,
  { from, to }: Window,
): Promise<Map<string, Minutes>> {
  const waited = new Map<string, Set<number>>();
  const late = alerts.filter(({ limitMs }) => limitMs !== null);
  const tenantIds = [...new Set(late.flatMap((alert) => alert.tenantIds))];
  if (tenantIds.length === 0) return waited;
  const rows = await tx.client.usage.findMany({
    where: { tenantId: { in: tenantIds }, minute: { gte: from, lt: to }, kind: "user" },
    select: { tenantId: true, minute: true, queued: true },
  });
  for (const { key, tenantIds: own, limitMs } of late) {
    // a bucket holds what is above the bound before it
    const bound = QUEUED_MS.findIndex((ms) => ms >= (limitMs ?? 0) * share);
    const least = bound < 0 ? QUEUED_MS.length : bound + 1;
    const sums = new Map<number, { long: number; of: number }>();
    for (const { minute, queued } of rows.filter(({ tenantId }) => own.includes(tenantId))) {
      const { long, of } = sums.get(minute.getTime()) ?? { long: 0, of: 0 };
      const total = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0);
      sums.set(minute.getTime(), { long: long + total(queued.slice(least)), of: of + total(queued) });
    }
    for (const [ms, { long, of }] of sums) if (long * 20 > of) put(waited, key, new Date(ms));
  }
  return waited;
}

const SPAN_RULES = ["node_down", "gateway_silent", "gateway_stale", "pool_saturated", "version_quarantined"] as const;

/** Alerts about what others may come from, that held in some part of a window. */
export async function alertSpans(tx: Tx, { from, to }: Window): Promise<AlertSpan[]> {
  const rows = await tx.client.alert.findMany({
    where: {
      rule: { in: [...SPAN_RULES] },
      state: { not: "pending" },
      startedAt: { lt: to },
      OR: [{ resolvedAt: null }, { resolvedAt: { gte: from } }],
    },
    orderBy: { id: "asc" },
    select: {
      id: true,
      dedupeKey: true,
      rule: true,
      subjectId: true,
      sentence: true,
      startedAt: true,
      resolvedAt: true,
    },
  });
  return rows.map(({ dedupeKey, rule, ...row }) => ({ ...row, key: dedupeKey, rule: rule as AlertSpan["rule"] }));
}

/** What detectors found where alerts' subjects are served. */
export async function findingsFor(tx: Tx, alerts: readonly Symptomatic[], window: Window) {
  const at = [...new Set(alerts.flatMap(({ touches }) => touches))];
  const tenantIds = [...new Set(alerts.flatMap((alert) => alert.tenantIds))];
  const pitfalls = ["eviction_thrash", "cpu_starvation", "batch_composition", "mismatch", "missing_fallback"] as const;
  return (await findFindingsAt(tx, { pitfalls, at, tenantIds, ...window })).map(toFinding);
}

/** Good and bad minutes of objectives: a minute is bad whose requests miss the share that was promised. */
export async function objectiveMinutes(
  tx: Tx,
  objectives: readonly { id: string; goal: number }[],
  { from, to }: Window,
): Promise<Map<string, Symptom>> {
  const goals = new Map(objectives.map(({ id, goal }) => [id, goal]));
  const rows = await tx.client.objectiveCount.findMany({
    where: { objectiveId: { in: [...goals.keys()] }, stepSeconds: 60, at: { gte: from, lt: to }, total: { gt: 0 } },
    orderBy: { at: "asc" },
    select: { objectiveId: true, at: true, good: true, total: true },
  });
  return splitMinutes(
    rows.map(({ objectiveId, at, good, total }) => ({
      id: objectiveId,
      at,
      // shares such as 0.05 are not exact in binary
      isBad: total - good > total * (1 - (goals.get(objectiveId) ?? 1)) + 1e-9,
    })),
  );
}

/** Good and bad minutes of tenants: a minute is bad in which so many of the answers came from a fallback. */
export async function fallbackMinutes(
  tx: Tx,
  tenantIds: readonly string[],
  share: number,
  { from, to }: Window,
): Promise<Map<string, Symptom>> {
  if (tenantIds.length === 0) return new Map();
  const rows = await tx.client.$queryRaw<{ id: string; at: Date; isBad: boolean }[]>`
    SELECT "tenantId" AS "id", "minute" AS "at",
      sum("fallbacks") >= ${share}::float8 * sum("requests" - "failed" - "refused" - "shed") AS "isBad"
    FROM "Usage"
    WHERE "tenantId" = ANY(${[...tenantIds]}) AND "minute" >= ${from} AND "minute" < ${to} AND "kind" = 'user'
    GROUP BY 1, 2 HAVING sum("requests" - "failed" - "refused" - "shed") > 0 ORDER BY 2`;
  return splitMinutes(rows);
}

function splitMinutes(rows: readonly { id: string; at: Date; isBad: boolean }[]): Map<string, Symptom> {
  const byId = new Map<string, { bad: number[]; good: number[] }>();
  for (const { id, at, isBad } of rows) {
    const own = byId.get(id) ?? { bad: [], good: [] };
    byId.set(id, own);
    (isBad ? own.bad : own.good).push(at.getTime());
  }
  return byId;
}
