-- Who made an account, and a key that a key made: an admin and whoever they made a moment ago are one pair of eyes.
ALTER TABLE "User" ADD COLUMN "createdById" TEXT;

-- Row-level security is forced on the owner too, who is let at the rows of before for as long as this takes. (Users have
-- none: no customer reads them.)
ALTER TABLE "ApiKey" NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "AuditEntry" NO FORCE ROW LEVEL SECURITY;
WITH made AS (SELECT "objectId", "actor"->>'id' AS "by" FROM "AuditEntry" WHERE "action" = 'user.create')
  UPDATE "User" u SET "createdById" = made."by" FROM made WHERE made."objectId" = u."id";
UPDATE "ApiKey" k SET "createdById" = e."actor"->>'id'
FROM "AuditEntry" e
WHERE e."objectId" = k."id" AND e."action" = 'key.create' AND k."createdById" IS NULL
  AND (e."actor"->>'kind' = 'key' OR e."actor"->>'id' = 'bootstrap');
ALTER TABLE "ApiKey" FORCE ROW LEVEL SECURITY;
ALTER TABLE "AuditEntry" FORCE ROW LEVEL SECURITY;
