import {
  CONDITION_RENEWED_MS,
  GATEWAY_CONDITIONS,
  type ObservedCondition,
} from "#lib/metrics/conditions/record-condition.ts";
import type { GatewayReport } from "#lib/requests/traffic/gateway-report.ts";
import { SNAPSHOT_STALE_MS } from "../browser/stale-snapshot.ts";

/** What a gateway's own report says of pools, nodes and itself. */
export function reportConditions(report: GatewayReport, now: Date): ObservedCondition[] {
  return [...report.pools.map(poolCondition), ...report.nodes.map(nodeCondition), snapshotCondition(report, now)];
}

function poolCondition({
  poolId,
  isSaturated,
  queued,
  oldestWaitMs,
}: GatewayReport["pools"][number]): ObservedCondition {
  const subject = { subject: `pool:${poolId}`, type: GATEWAY_CONDITIONS.saturated, tenantId: null };
  if (!isSaturated) return { ...subject, status: "false", reason: "room", message: "Requests get a place in time." };
  const waiting = oldestWaitMs === null ? "" : `, the oldest for ${(oldestWaitMs / 1000).toFixed(1)} s`;
  const message = `${queued} requests wait for a place${waiting}; new ones go where their tenant's fallback says.`;
  return { ...subject, status: "true", reason: "queue", message };
}

function nodeCondition({ nodeId, isUp, breaker }: GatewayReport["nodes"][number]): ObservedCondition {
  const subject = { subject: `node:${nodeId}`, type: GATEWAY_CONDITIONS.gatewayReachable, tenantId: null };
  if (!isUp)
    return { ...subject, status: "false", reason: "no_answer", message: "The gateway gets no answer from this node." };
  if (breaker === "open")
    return { ...subject, status: "false", reason: "breaker_open", message: "It failed several requests in a row." };
  return { ...subject, status: "true", reason: "answers", message: "The gateway reaches this node." };
}

function snapshotCondition({ snapshotAt }: GatewayReport, now: Date): ObservedCondition {
  const subject = { subject: "gateway", type: GATEWAY_CONDITIONS.snapshotStale, tenantId: null };
  if (snapshotAt === null)
    return { ...subject, status: "unknown", reason: "no_snapshot", message: "The gateway has read no routing yet." };
  const ageMs = now.getTime() - Date.parse(snapshotAt);
  if (ageMs <= SNAPSHOT_STALE_MS)
    return { ...subject, status: "false", reason: "current", message: "The gateway routes by what the catalog says." };
  const message = `The gateway routes by data from ${Math.round(ageMs / 1000)} s ago.`;
  return { ...subject, status: "true", reason: "catalog_away", message };
}

/** Which conditions are due to be written: those whose status or reason changed, and each once in 30 s. */
export type ConditionTracker = {
  due(conditions: readonly ObservedCondition[], now: Date): DueConditions;
  /** They are written. */
  confirm(written: DueConditions, now: Date): void;
};
export type DueConditions = {
  /** This process saw the trouble, or its end. */
  own: readonly ObservedCondition[];
  /** It never saw any: another gateway that does is believed. */
  yielding: readonly ObservedCondition[];
};

export function createConditionTracker(): ConditionTracker {
  const written = new Map<string, { status: string; reason: string; at: number; hadTrouble: boolean }>();
  const keyOf = ({ subject, type }: ObservedCondition) => `${subject} ${type}`;
  return {
    due(conditions, now) {
      const keys = new Set(conditions.map(keyOf));
      for (const key of written.keys()) if (!keys.has(key)) written.delete(key);
      const changed = conditions.filter((one) => {
        const last = written.get(keyOf(one));
        const isSame = last?.status === one.status && last.reason === one.reason;
        return !last || !isSame || now.getTime() - last.at >= CONDITION_RENEWED_MS;
      });
      const isOwn = (one: ObservedCondition) => isTrouble(one) || written.get(keyOf(one))?.hadTrouble === true;
      return { own: changed.filter(isOwn), yielding: changed.filter((one) => !isOwn(one)) };
    },
    confirm({ own, yielding }, now) {
      for (const one of [...own, ...yielding])
        written.set(keyOf(one), {
          status: one.status,
          reason: one.reason,
          at: now.getTime(),
          hadTrouble: isTrouble(one),
        });
    },
  };
}

const isTrouble = ({ type, status }: ObservedCondition): boolean =>
  status === (type === GATEWAY_CONDITIONS.gatewayReachable ? "false" : "true");
