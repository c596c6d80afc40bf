import { stepStart } from "#lib/metrics/rollup.ts";
import type { Tx } from "#lib/platform/db.ts";
import { RULES } from "../browser/rule-table.ts";
import type { AlertRecord } from "./alert-store.ts";
import { type AffectedRow, badRequests, slowRequests, swappedRequests } from "./hit-store.ts";
import { SEEN_OVER_MS } from "./thresholds.ts";

type Counted = { id: string; hit: number; of: number };

/**
 * Whose requests were late, failed or were answered by a fallback because of an alert, as it was last counted: what every
 * sentence, list and page says of it.
 */
export type Affected = {
  /** bad = failed, turned away or on a fallback; slow = over the limit; swapped = over a limit, with weights swapped in. */
  what: "bad" | "slow" | "swapped";
  limitMs: number | null;
  from: string;
  to: string;
  tenantCount: number;
  requests: number;
  simulated: boolean;
  /** With the most first; `of` = all of theirs. */
  tenants: Counted[];
  /** That answered what was slow. */
  nodes: Counted[];
};

const LISTED = 20;
const DAY_MS = 86_400_000;
/** Requests are counted one by one where it matters how long they took, so no further back than this. */
const ONE_BY_ONE_MS = 6 * 3_600_000;

type Counting = Pick<AlertRecord, "rule" | "nodeId" | "poolId" | "startedAt" | "evidence">;

/** Counts whole minutes and the one that has begun. @returns null = it hits no requests that anybody counts */
export async function countAffected(tx: Tx, alert: Counting, now: Date): Promise<Affected | null> {
  const { evidence, nodeId, poolId, startedAt } = alert;
  const { tenantIds } = evidence;
  const back = (mostMs: number, earlierMs = 0) => ({
    from: stepStart(new Date(Math.max(startedAt.getTime() - earlierMs, now.getTime() - mostMs)), 60),
    to: now,
  });
  switch (RULES[alert.rule].hits) {
    case "swaps": {
      if (nodeId === null) return null;
      const window = back(ONE_BY_ONE_MS);
      return affectedOf("swapped", null, window, await swappedRequests(tx, { nodeId, ...window }));
    }
    case "bad": {
      const window = back(DAY_MS);
      return affectedOf("bad", null, window, await badRequests(tx, { tenantIds, ...window }));
    }
    case "promise": {
      const { metric, threshold } = evidence;
      // what it was seen by came before it began
      const earlierMs = SEEN_OVER_MS[alert.rule] ?? 0;
      if ((metric !== "latency" && metric !== "ttft") || threshold === null) {
        const window = back(DAY_MS, earlierMs);
        const of = metric === "errors" ? "failed" : "fallbacks";
        return affectedOf("bad", null, window, await badRequests(tx, { tenantIds, of, ...window }));
      }
      const window = back(ONE_BY_ONE_MS, earlierMs);
      const rows = await slowRequests(tx, { tenantIds, ...window, metric, limitMs: threshold, poolId });
      return affectedOf("slow", threshold, window, rows);
    }
    case undefined:
      return null;
  }
}

function affectedOf(
  what: Affected["what"],
  limitMs: number | null,
  { from, to }: { from: Date; to: Date },
  rows: readonly AffectedRow[],
): Affected {
  const tenants = sumBy(rows, ({ tenantId }) => tenantId);
  const hit = tenants.filter((one) => one.hit > 0);
  return {
    ...{ what, limitMs, from: from.toISOString(), to: to.toISOString() },
    tenantCount: hit.length,
    requests: hit.reduce((sum, one) => sum + one.hit, 0),
    simulated: rows.some(({ simulated }) => simulated),
    tenants: hit.slice(0, LISTED),
    nodes: what === "bad" ? [] : sumBy(rows, ({ nodeId }) => nodeId).slice(0, LISTED),
  };
}

function sumBy(rows: readonly AffectedRow[], keyOf: (row: AffectedRow) => string | null): Counted[] {
  const sums = new Map<string, Counted>();
  for (const row of rows) {
    const id = keyOf(row);
    if (id === null) continue;
    const { hit, of } = sums.get(id) ?? { hit: 0, of: 0 };
    sums.set(id, { id, hit: hit + row.hit, of: of + row.of });
  }
  return [...sums.values()].sort((a, b) => b.hit - a.hit || a.id.localeCompare(b.id));
}
