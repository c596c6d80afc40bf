import type { Tx } from "#lib/platform/db.ts";
import type { UsageRow } from "./usage.ts";

/**
 * Replaces rows by newer counts of the same minutes, in one statement. Counts only grow, so a write that arrives late, after
 * a newer one, changes nothing.
 */
export async function upsertUsage(tx: Tx, rows: readonly UsageRow[]): Promise<void> {
  await tx.client.$executeRaw`
    INSERT INTO "Usage" AS kept SELECT * FROM jsonb_populate_recordset(NULL::"Usage", ${JSON.stringify(rows)}::jsonb)
    ON CONFLICT ("tenantId", "minute", "adapterId", "versionId", "kind", "via", "instanceId") DO UPDATE SET
      "requests" = EXCLUDED."requests", "failed" = EXCLUDED."failed", "refused" = EXCLUDED."refused",
      "shed" = EXCLUDED."shed", "fallbacks" = EXCLUDED."fallbacks", "simulated" = EXCLUDED."simulated",
      "promptTokens" = EXCLUDED."promptTokens", "completionTokens" = EXCLUDED."completionTokens",
      "uncounted" = EXCLUDED."uncounted", "ttft" = EXCLUDED."ttft", "interToken" = EXCLUDED."interToken",
      "latency" = EXCLUDED."latency", "queued" = EXCLUDED."queued"
    WHERE kept."requests" <= EXCLUDED."requests"`;
}
