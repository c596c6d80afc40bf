import { GATEWAY_CONDITIONS, type ObservedCondition } from "#lib/metrics/conditions/record-condition.ts";
import { fallbackSentence } from "#lib/requests/fallback-words.ts";
import type { Via } from "#lib/requests/schema.ts";
import type { RequestTrace } from "#lib/requests/trace/trace.ts";

/** Which tenants are answered by something else than what they should be. Pure: it is told of requests and of the time. */
export type FallbackWatch = {
  note(trace: RequestTrace): void;
  /** What can be said now of every tenant that was heard of lately. */
  conditions(now: Date): ObservedCondition[];
};

/** Back to normal only after so long without a fallback, and an answer of its own since. */
const CALM_MS = 60_000;
/** Without any request for so long, nobody knows. */
const SILENT_MS = 600_000;
/** Then there is nothing left to say. */
const FORGOTTEN_MS = 3_600_000;

type Seen = {
  tenantId: string;
  isOnFallback: boolean;
  /** First fallback of the present stretch. */
  since: Date;
  lastFallbackAt: Date | null;
  lastOwnAt: Date | null;
  via: Via | null;
  reason: string | null;
};

/** Only answers to customers count: a refusal says nothing about who would have answered. Bounded by the number of tenants. */
export function createFallbackWatch(): FallbackWatch {
  const tenants = new Map<string, Seen>();
  return {
    note(trace) {
      const { tenantId, kind, status, endedAt: at } = trace;
      if (tenantId === null || kind !== "user" || status >= 400) return;
      const known = tenants.get(tenantId);
      const seen = known ?? freshTenant(tenantId, at);
      if (!known) tenants.set(tenantId, seen);
      if (trace.fallbackReason === null) {
        seen.lastOwnAt = at;
        return;
      }
      if (!seen.isOnFallback) seen.since = at;
      seen.isOnFallback = true;
      seen.lastFallbackAt = at;
      seen.via = trace.via;
      seen.reason = trace.fallbackReason;
    },
    conditions(now) {
      return [...tenants.values()].map((seen) => {
        const silentMs = now.getTime() - Math.max(timeOf(seen.lastOwnAt), timeOf(seen.lastFallbackAt));
        if (silentMs > FORGOTTEN_MS) tenants.delete(seen.tenantId);
        if (silentMs > SILENT_MS) {
          seen.isOnFallback = false;
          return condition(seen, "unknown", "no_requests", "No request for ten minutes.");
        }
        if (seen.isOnFallback && isCalm(seen, now)) seen.isOnFallback = false;
        return seen.isOnFallback
          ? condition(seen, "true", seen.reason ?? "unknown", sentence(seen))
          : condition(seen, "false", "own_answers", "Requests are answered by what they ask for.");
      });
    },
  };
}

const timeOf = (at: Date | null): number => at?.getTime() ?? Number.NEGATIVE_INFINITY;

const freshTenant = (tenantId: string, at: Date): Seen => ({
  tenantId,
  isOnFallback: false,
  since: at,
  lastFallbackAt: null,
  lastOwnAt: null,
  via: null,
  reason: null,
});

const isCalm = ({ lastFallbackAt, lastOwnAt }: Seen, now: Date): boolean =>
  now.getTime() - timeOf(lastFallbackAt) >= CALM_MS && timeOf(lastOwnAt) > timeOf(lastFallbackAt);

const sentence = ({ via, reason, since }: Seen): string =>
  `${fallbackSentence(via, reason) ?? ""} Since ${since.toISOString().slice(0, 16).replace("T", " ")} UTC.`;

const condition = (
  { tenantId }: Seen,
  status: ObservedCondition["status"],
  reason: string,
  message: string,
): ObservedCondition => ({
  subject: `tenant:${tenantId}`,
  type: GATEWAY_CONDITIONS.onFallback,
  tenantId,
  status,
  reason,
  message,
});
