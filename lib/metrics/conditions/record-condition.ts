import type { Tx } from "#lib/platform/db.ts";
import { upsertConditions } from "./condition-store.ts";

/** A condition as somebody sees it now. `subject` is `tenant:<id>`, `node:<id>`, `pool:<id>`, `run:<id>`, `version:<id>`, `batch:<id>` or `gateway`. */
export type ObservedCondition = {
  subject: string;
  type: string;
  /** Whose it is, where it is a tenant's. */
  tenantId: string | null;
  status: "true" | "false" | "unknown";
  /** A stable word for code. */
  reason: string;
  /** One sentence for people. */
  message: string;
};

/**
 * Conditions that gateways watch. Each gateway sees its own traffic only, so one that sees trouble is believed against one
 * that does not.
 */
export const GATEWAY_CONDITIONS = {
  onFallback: "OnFallback",
  saturated: "Saturated",
  /** Of these, the one whose "false" is the trouble. */
  gatewayReachable: "GatewayReachable",
  snapshotStale: "SnapshotStale",
} as const;

/** What evals sees of a run: `run:<id>` is stuck, or is not. */
export const GATE_STUCK = "GateStuck";
/** What cutover sees of a version that its guard has taken back: `version:<id>`. */
export const GUARD_BREACHED = "GuardBreached";
/** What evals sees of a live version: `version:<id>` went live behind a pass that says nothing about today any more. */
export const GATE_EXPIRED = "GateExpired";
/** What cutover sees of a batch: `batch:<id>` stopped by itself with rows left, and waits for somebody. */
export const BATCH_STOPPED = "BatchStopped";
/** Conditions that are watched while somebody renews them, and dropped a day after. */
export const WATCHED_CONDITIONS: readonly string[] = [
  ...Object.values(GATEWAY_CONDITIONS),
  GATE_STUCK,
  GATE_EXPIRED,
  GUARD_BREACHED,
  BATCH_STOPPED,
];

/** Whoever sees something renews it at least this often. */
export const CONDITION_RENEWED_MS = 30_000;

/**
 * Keeps what somebody sees now, in one statement. `lastTransitionTime` moves only when the status does.
 * @param yields the caller never saw trouble here itself: what another keeps renewing stands against it
 */
export async function recordConditions(
  tx: Tx,
  conditions: readonly ObservedCondition[],
  at: Date,
  { yields = false }: { yields?: boolean } = {},
): Promise<void> {
  if (conditions.length > 0) await upsertConditions(tx, conditions, at, yields ? 3 * CONDITION_RENEWED_MS : 0);
}
