import type { Tx } from "#lib/platform/db.ts";
import type { ObservedDemand } from "./record-demand.ts";

/** A change of less than this share of what is kept is noise; so is less than half a request a minute. */
const NOTICED_SHARE = 0.25;
const NOTICED_PER_MINUTE = 0.5;
const NOTICED_CONCURRENT = 2;
/** Unchanged demand is confirmed this often, so that one that nobody measures any more can be told from it. */
const CONFIRMED_AFTER_MS = 6 * 3_600_000;

export const saveDemand = (tx: Tx, seen: readonly ObservedDemand[], now: Date): Promise<number> =>
  tx.client.$executeRaw`
    INSERT INTO "AdapterDemand" AS kept ("adapterId", "tenantId", "requestsPerMinute", "peakConcurrent", "observedAt")
    SELECT a."id", a."tenantId", coalesce(s."requestsPerMinute", 0), coalesce(s."peakConcurrent", 0), ${now}
    FROM "Adapter" a
    LEFT JOIN jsonb_to_recordset(${JSON.stringify(seen)}::jsonb)
      AS s("adapterId" text, "requestsPerMinute" float8, "peakConcurrent" int) ON s."adapterId" = a."id"
    LEFT JOIN "AdapterDemand" d ON d."adapterId" = a."id"
    WHERE (d."adapterId" IS NULL AND s."adapterId" IS NOT NULL) OR (d."adapterId" IS NOT NULL AND (
      abs(coalesce(s."requestsPerMinute", 0) - d."requestsPerMinute")
        > greatest(${NOTICED_SHARE}::float8 * d."requestsPerMinute", ${NOTICED_PER_MINUTE}::float8)
      OR abs(coalesce(s."peakConcurrent", 0) - d."peakConcurrent")
        >= greatest(${NOTICED_SHARE}::float8 * d."peakConcurrent", ${NOTICED_CONCURRENT}::float8)
      OR d."observedAt" < ${new Date(now.getTime() - CONFIRMED_AFTER_MS)}
    ))
    ORDER BY 1
    ON CONFLICT ("adapterId") DO UPDATE SET "requestsPerMinute" = EXCLUDED."requestsPerMinute",
      "peakConcurrent" = EXCLUDED."peakConcurrent", "observedAt" = EXCLUDED."observedAt"`;
