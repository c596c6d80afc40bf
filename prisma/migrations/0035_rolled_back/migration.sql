-- A version that was rolled back says so, with who, when, why and by which cutover, until it goes live again.
ALTER TABLE "AdapterVersion" ADD COLUMN "rolledBackAt" TIMESTAMPTZ(3),
ADD COLUMN "rolledBackBy" TEXT,
ADD COLUMN "rolledBackReason" TEXT,
ADD COLUMN "rolledBackCutoverId" TEXT;

-- Earlier rollbacks: of each version the last cutover that moved something, if that was a rollback and it is not live now.
-- Row-level security is forced on the owner too, so it is lifted for the update.
ALTER TABLE "AdapterVersion" NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "Cutover" NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "Route" NO FORCE ROW LEVEL SECURITY;
UPDATE "AdapterVersion" v
SET "rolledBackAt" = c."finishedAt",
    "rolledBackBy" = CASE c."history"->-1->>'by' WHEN 'cutover' THEN 'Switchyard' ELSE c."history"->-1->>'by' END,
    "rolledBackReason" = c."history"->-1->>'reason',
    "rolledBackCutoverId" = c."id"
FROM (
  SELECT DISTINCT ON ("toVersionId") "id", "toVersionId", "adapterId", "phase", "finishedAt", "history"
  FROM "Cutover" WHERE "phase" <> 'aborted' ORDER BY "toVersionId", "createdAt" DESC, "id" DESC
) c
WHERE c."toVersionId" = v."id" AND c."phase" = 'rolled_back' AND c."finishedAt" IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM "Route" r WHERE r."adapterId" = c."adapterId" AND r."liveVersionId" = v."id");
ALTER TABLE "AdapterVersion" FORCE ROW LEVEL SECURITY;
ALTER TABLE "Cutover" FORCE ROW LEVEL SECURITY;
ALTER TABLE "Route" FORCE ROW LEVEL SECURITY;
