import type { Tx } from "#lib/platform/db.ts";
import { LATENCY_MS, TTFT_MS } from "#lib/requests/usage/usage-buckets.ts";
import { summedBuckets } from "#lib/requests/usage/usage-store.ts";
import { PROPOSAL_DAYS } from "../browser/objective-kinds.ts";
import type { FirstDays } from "./propose-objectives.ts";

type Row = {
  tenantId: string;
  from: Date;
  answered: number;
  failed: number;
  fellBack: number;
  latency: number[];
  ttft: number[];
};

/** What gateways counted of each tenant's first days; usage is kept longer than anybody waits for a proposal. */
export async function readFirstDays(tx: Tx, tenantIds: readonly string[]): Promise<Map<string, FirstDays>> {
  const rows = await tx.client.$queryRaw<Row[]>`
    SELECT u."tenantId", f."from", sum(u."requests" - u."failed" - u."refused" - u."shed")::int AS "answered",
      sum(u."failed")::int AS "failed", sum(u."fallbacks")::int AS "fellBack",
      ${summedBuckets("latency", LATENCY_MS, "int")}, ${summedBuckets("ttft", TTFT_MS, "int")}
    FROM "Usage" u JOIN (
      SELECT "tenantId", min("minute") AS "from" FROM "Usage"
      WHERE "kind" = 'user' AND "tenantId" = ANY(${[...tenantIds]}) GROUP BY 1
    ) f ON f."tenantId" = u."tenantId"
    WHERE u."kind" = 'user' AND u."minute" < f."from" + ${PROPOSAL_DAYS} * interval '1 day'
    GROUP BY 1, 2`;
  return new Map(
    rows.map(({ tenantId, latency, ttft, ...counted }) => [
      tenantId,
      { ...counted, latencyMs: { le: LATENCY_MS, counts: latency }, ttftMs: { le: TTFT_MS, counts: ttft } },
    ]),
  );
}
