import type { Tx } from "#lib/platform/db.ts";
import {
  addStored,
  countOf,
  countWithin,
  type Durations,
  noDurations,
  quantileOf,
  readStored,
} from "#lib/requests/usage/durations.ts";
import { readUsageSums } from "#lib/requests/usage/usage-sums-store.ts";
import { findFindingsAt } from "../../findings/finding-store.ts";
import { toFinding } from "../../findings/show-findings.ts";
import type { AlertSpan, Minutes, Symptomatic } from "./cause-facts.ts";
import type { Symptom } from "./confirm-cause.ts";

type Window = { from: Date; to: Date };
const MINUTE_MS = 60_000;

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

/** Different adapters of which each node answered customers. */
export async function activeAdapters(tx: Tx, nodeIds: readonly string[], window: Window) {
  if (nodeIds.length === 0) return counted([]);
  const sums = await readUsageSums(tx, {
    ...{ ...window, nodeIds, stepSeconds: 60, by: ["node", "version"], with: [] },
  });
  const minutes = new Map<string, { nodeId: string; at: Date; count: number }>();
  for (const { at, keys } of sums) {
    const [nodeId = "", versionId = ""] = keys;
    if (versionId === "") continue;
    const key = `${nodeId} ${at.getTime()}`;
    minutes.set(key, { nodeId, at, count: (minutes.get(key)?.count ?? 0) + 1 });
  }
  return counted([...minutes.values()]);
}

/** Minutes in which requests of evaluations, and copies of customers' requests, ran on each node. */
export async function otherTraffic(tx: Tx, nodeIds: readonly string[], window: Window) {
  const [evaluation, shadow] = [new Map<string, Set<number>>(), new Map<string, Set<number>>()];
  const sums = await readUsageSums(tx, {
    ...{ ...window, nodeIds, kinds: ["eval", "shadow"], stepSeconds: 60, by: ["node", "kind"], with: ["latency"] },
  });
  for (const { at, keys, stored } of sums) {
    const [nodeId = "", kind] = keys;
    // a request counts in the minute in which it ended; the longest of them ran in those before as well
    const longestMs = quantileOf(readStored(stored.latency), 1) ?? 0;
    for (let ms = at.getTime(); ms >= at.getTime() - longestMs; ms -= MINUTE_MS)
      put(kind === "eval" ? evaluation : shadow, nodeId, new Date(ms));
  }
  return { evaluation, shadow };
}

/** Minutes in which more than one request of twenty waited longer for a place than an alert's limit allows. */
export async function queueMinutes(
  tx: Tx,
  alerts: readonly Pick<Symptomatic, "key" | "tenantIds" | "limitMs">[],
  share: number,
  window: Window,
): Promise<Map<string, Minutes>> {
  const waited = new Map<string, Set<number>>();
  const late = alerts.flatMap(({ limitMs, ...alert }) => (limitMs === null ? [] : { ...alert, limitMs }));
  const tenantIds = [...new Set(late.flatMap((alert) => alert.tenantIds))];
  if (tenantIds.length === 0) return waited;
  const sums = await readUsageSums(tx, {
    ...{ ...window, tenantIds, stepSeconds: 60, by: ["tenant"], with: ["queued"] },
  });
  for (const { key, tenantIds: own, limitMs } of late) {
    const minutes = new Map<number, Durations>();
    for (const { at, keys, stored } of sums) {
      if (!own.includes(keys[0] ?? "")) continue;
      const durations = minutes.get(at.getTime()) ?? noDurations();
      addStored(durations, stored.queued ?? "");
      minutes.set(at.getTime(), durations);
    }
    for (const [ms, durations] of minutes) {
      const of = countOf(durations);
      if ((of - countWithin(durations, limitMs * share)) * 20 > of) put(waited, key, new Date(ms));
    }
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
  window: Window,
): Promise<Map<string, Symptom>> {
  if (tenantIds.length === 0) return new Map();
  const sums = await readUsageSums(tx, { ...window, tenantIds, stepSeconds: 60, by: ["tenant"], with: [] });
  return splitMinutes(
    sums
      .filter(({ answered }) => answered > 0)
      .sort((a, b) => a.at.getTime() - b.at.getTime())
      .map(({ at, keys, answered, fallbacks }) => ({ id: keys[0] ?? "", at, isBad: fallbacks >= share * answered })),
  );
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
