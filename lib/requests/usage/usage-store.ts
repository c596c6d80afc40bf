import { ROLLUPS } from "./usage-tables.ts";

const KEY = ["tenantId", "at", "adapterId", "versionId", "nodeId", "kind", "via", "instanceId"];
const VALUES = [
  ...["requests", "answered", "failed", "refused", "shed", "turnedAway", "fallbacks", "uncounted"],
  ...["promptTokens", "completionTokens", "busyMs", "fallbackReasons", "failureReasons"],
  ...["latency", "ttft", "interToken", "queued", "simulated", "lastAt", "lastOutcome"],
];
const quoted = (names: readonly string[]) => names.map((name) => `"${name}"`).join(", ");

/**
 * Takes rows as JSON and replaces older counts of the same minutes. Counts only grow, so a write that arrives late, after a
 * newer one, changes nothing. Marks the steps that must be summed again; an update rather than nothing on a mark that is
 * there, so that whoever strikes it off waits for these rows.
 */
export const UPSERT_USAGE = {
  name: "upsert_usage",
  text: `WITH told AS (SELECT ${quoted([...KEY, ...VALUES])} FROM json_populate_recordset(NULL::usage_minute, $1::json)),
    stored AS (
      INSERT INTO usage_minute AS kept (${quoted([...KEY, ...VALUES])}) SELECT * FROM told
      ON CONFLICT (${quoted(KEY)}) DO UPDATE SET ${VALUES.map((name) => `"${name}" = EXCLUDED."${name}"`).join(", ")}
      WHERE kept."requests" <= EXCLUDED."requests"
    )
    INSERT INTO usage_pending ("stepSeconds", "at")
    SELECT DISTINCT step, date_bin(step * interval '1 second', "at", 'epoch'::timestamptz)
    FROM told, unnest(ARRAY[${ROLLUPS.map(({ stepSeconds }) => stepSeconds).join(", ")}]) AS step ORDER BY 1, 2
    ON CONFLICT ("stepSeconds", "at") DO UPDATE SET "at" = EXCLUDED."at"`,
};
