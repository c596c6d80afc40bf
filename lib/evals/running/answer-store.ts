import type { Database } from "#lib/platform/db.ts";
import { conflict } from "#lib/platform/errors.ts";
import { newId } from "#lib/platform/ids.ts";
import type { Fence } from "#lib/platform/lease.ts";
import type { NewSample } from "../stored-sample.ts";

/**
 * A batch in one statement, past Prisma, where it costs the worker more than to ask and score what is in it. One row comes
 * back while the lease is held, a second one while the run is running; without both nothing is kept.
 */
const SAVE_ANSWERS = {
  name: "save_answers",
  text: `WITH held AS MATERIALIZED (SELECT 1 FROM "Lease" WHERE "name" = $1 AND "term" = $2::bigint FOR SHARE),
  wanted AS MATERIALIZED (
    SELECT run."id", run."tenantId" FROM "EvalRun" AS run, held WHERE run."id" = $3 AND run."state" = 'running'
    FOR NO KEY UPDATE OF run),
  added AS (
    INSERT INTO "EvalSample" ("id", "tenantId", "runId", "caseId", "ordinal", "side", "mode", "take", "seed", "status", "kind",
      "detail", "rawReply", "finishReason", "nodeName", "latencyMs", "attempts")
    SELECT answer."id", wanted."tenantId", wanted."id", answer."caseId", answer."ordinal", answer."side", answer."mode",
      answer."take", answer."seed", answer."status", answer."kind", answer."detail", answer."rawReply",
      answer."finishReason", answer."nodeName", answer."latencyMs", answer."attempts"
    FROM wanted, jsonb_to_recordset($4::jsonb) AS answer ("id" text, "caseId" text, "ordinal" int, "side" "SampleSide",
      "mode" "DecodingMode", "take" int, "seed" int, "status" text, "kind" text, "detail" jsonb, "rawReply" jsonb,
      "finishReason" text, "nodeName" text, "latencyMs" int, "attempts" int)
    ON CONFLICT ("runId", "ordinal", "side", "mode", "take") DO NOTHING RETURNING 1),
  counted AS (
    UPDATE "EvalRun" AS run SET "samplesDone" = run."samplesDone" + (SELECT count(*) FROM added)
    FROM wanted WHERE run."id" = wanted."id")
  SELECT FROM held UNION ALL SELECT FROM wanted`,
};

/**
 * Adds answers to a run that is still running and counts them; an answer that is there already stays as it is.
 * @returns false, and nothing is kept, when the run is no longer running
 * @throws AppError `conflict` (`lease_lost`) when a newer term exists: nothing is kept
 */
export async function saveAnswers(
  db: Database,
  fence: Fence,
  runId: string,
  samples: readonly NewSample[],
): Promise<boolean> {
  const answers = JSON.stringify(samples.map((sample) => ({ id: newId("sample"), ...sample })));
  const rows = await db.bulk(SAVE_ANSWERS, [fence.name, String(fence.term), runId, answers]);
  if (rows === 0)
    throw conflict("lease_lost", `Another worker took over the loop ${fence.name}; this write was refused.`);
  return rows === 2;
}
