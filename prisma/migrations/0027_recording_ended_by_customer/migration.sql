-- A recording itself says whether one of the customer's own people or keys ended it: it was looked up in the trail each time.
ALTER TABLE "Recording" ADD COLUMN "endedByCustomer" BOOLEAN NOT NULL DEFAULT false;
GRANT UPDATE ("endedByCustomer") ON "Recording" TO switchyard_tenant;

-- Row-level security is forced on the owner too, who is let at the rows of before for as long as this takes.
ALTER TABLE "Recording" NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "AuditEntry" NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "Membership" NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "ApiKey" NO FORCE ROW LEVEL SECURITY;
UPDATE "Recording" r SET "endedByCustomer" = true
FROM "AuditEntry" e
WHERE e."objectId" = r."id" AND e."action" IN ('recording.stop', 'recording.withdraw') AND e."actor"->>'label' = r."endedBy"
  AND (EXISTS (SELECT 1 FROM "Membership" m WHERE m."userId" = e."actor"->>'id' AND m."tenantId" = r."tenantId")
    OR EXISTS (SELECT 1 FROM "ApiKey" k WHERE k."id" = e."actor"->>'id' AND k."tenantId" = r."tenantId"));
ALTER TABLE "Recording" FORCE ROW LEVEL SECURITY;
ALTER TABLE "AuditEntry" FORCE ROW LEVEL SECURITY;
ALTER TABLE "Membership" FORCE ROW LEVEL SECURITY;
ALTER TABLE "ApiKey" FORCE ROW LEVEL SECURITY;
