-- Prompts are asked several times: sampled answers are drawn, and what differs is asked again.
ALTER TABLE "EvalSample" ADD COLUMN "take" INTEGER NOT NULL DEFAULT 1;
DROP INDEX "EvalSample_runId_ordinal_side_mode_key";
CREATE UNIQUE INDEX "EvalSample_runId_ordinal_side_mode_take_key" ON "EvalSample"("runId", "ordinal", "side", "mode", "take");

-- Row-level security is forced on the owner too, who is let at the rows of before for as long as this takes.
ALTER TABLE "EvalRun" NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "Verdict" NO FORCE ROW LEVEL SECURITY;

-- What a run measures against: the live version, the candidate alone on the standalone node, or the customer's own endpoint.
ALTER TABLE "EvalRun" ADD COLUMN "baselineKind" TEXT NOT NULL DEFAULT 'live';
ALTER TABLE "EvalRun" ADD COLUMN "baselineEndpointId" TEXT;
UPDATE "EvalRun" SET "baselineKind" = 'standalone' WHERE "baselineVersionId" IS NULL;

-- Who set a gate aside that they had started themselves.
ALTER TABLE "Cutover" ADD COLUMN "selfApproved" BOOLEAN NOT NULL DEFAULT false;

-- Runs of before were judged by another rule: they say so, and a version they let pass has to be evaluated again before it
-- goes live.
UPDATE "EvalRun" SET "conditions" = (
  SELECT jsonb_object_agg(side, facts || '{"engineSettings": "unknown", "gateVersion": "1"}'::jsonb || jsonb_build_object('sampling', (
    SELECT jsonb_object_agg(mode, sampling || '{"takes": 1}'::jsonb) FROM jsonb_each(facts -> 'sampling') AS of_mode(mode, sampling)
  )))
  FROM jsonb_each("conditions") AS of_side(side, facts)
) WHERE "conditions" ? 'baseline';
UPDATE "Verdict" SET
  "modes" = (
    SELECT jsonb_object_agg(mode, (report - 'stableNetRegression') || '{"askedAgain": 0, "confirmed": 0, "confirmedGains": 0}'::jsonb)
    FROM jsonb_each("modes") AS of_mode(mode, report)
  ),
  "reasons" = COALESCE((
    SELECT jsonb_agg(CASE WHEN reason ->> 'code' IN ('flake_above_limit', 'explained_by_flake')
      THEN reason || '{"code": "unconfirmed"}'::jsonb ELSE reason END ORDER BY place)
    FROM jsonb_array_elements("reasons") WITH ORDINALITY AS said(reason, place)
  ), '[]'::jsonb);

ALTER TABLE "EvalRun" FORCE ROW LEVEL SECURITY;
ALTER TABLE "Verdict" FORCE ROW LEVEL SECURITY;
