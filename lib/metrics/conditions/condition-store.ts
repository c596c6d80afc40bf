import type { Tx } from "#lib/platform/db.ts";
import type { ObservedCondition } from "./record-condition.ts";

/**
 * One statement for all. `lastTransitionTime` moves only with the status.
 * @param troubleStandsMs how long trouble that is on record stands against a row that sees none
 */
export async function upsertConditions(
  tx: Tx,
  conditions: readonly ObservedCondition[],
  at: Date,
  troubleStandsMs: number,
): Promise<void> {
  await tx.client.$executeRaw`
    INSERT INTO "ServiceCondition" AS kept
      ("subject", "type", "tenantId", "status", "reason", "message", "lastTransitionTime", "observedAt")
    SELECT "subject", "type", "tenantId", "status", "reason", "message", ${at}, ${at}
    FROM jsonb_to_recordset(${JSON.stringify(conditions)}::jsonb) AS row
      ("subject" text, "type" text, "tenantId" text, "status" text, "reason" text, "message" text)
    ON CONFLICT ("subject", "type") DO UPDATE SET
      "tenantId" = EXCLUDED."tenantId", "status" = EXCLUDED."status", "reason" = EXCLUDED."reason",
      "message" = EXCLUDED."message", "observedAt" = EXCLUDED."observedAt",
      "lastTransitionTime" = CASE WHEN kept."status" = EXCLUDED."status" THEN kept."lastTransitionTime"
        ELSE EXCLUDED."lastTransitionTime" END
    WHERE kept."status" IS DISTINCT FROM (CASE kept."type" WHEN 'GatewayReachable' THEN 'false' ELSE 'true' END)
      OR EXCLUDED."status" = kept."status"
      OR kept."observedAt" <= EXCLUDED."observedAt" - ${troubleStandsMs} * interval '1 millisecond'`;
}
