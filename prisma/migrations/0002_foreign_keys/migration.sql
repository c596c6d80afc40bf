-- Foreign keys where rows name each other (ADR 45), after whatever names nothing has been dealt with.

-- Row-level security is forced on the owner as well: without this it would see no parents, and check no keys.
ALTER TABLE "Adapter" NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "AdapterDemand" NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "AdapterVersion" NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "Alert" NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "Approval" NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "Cutover" NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "DerivedCheckpoint" NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "Endpoint" NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "EvalRun" NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "IncidentAlert" NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "IncidentEvent" NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "LoadEvent" NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "OffboardingStep" NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "Route" NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "Tenant" NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "Verdict" NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "VersionRelease" NO FORCE ROW LEVEL SECURITY;

ALTER TABLE "LoadEvent" ALTER COLUMN "nodeId" DROP NOT NULL;

-- Tenants are never deleted, only archived; should one be gone all the same, so is what was its own.
DELETE FROM "Endpoint" c WHERE c."tenantId" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "Tenant" p WHERE p."id" = c."tenantId");
DELETE FROM "OffboardingStep" c WHERE NOT EXISTS (SELECT 1 FROM "Tenant" p WHERE p."id" = c."tenantId");

-- Left behind by pools that were deleted with their adapters. No list or page could show these rows.
DELETE FROM "Cutover" c WHERE NOT EXISTS (SELECT 1 FROM "Tenant" p WHERE p."id" = c."tenantId")
  OR NOT EXISTS (SELECT 1 FROM "Adapter" p WHERE p."id" = c."adapterId")
  OR NOT EXISTS (SELECT 1 FROM "AdapterVersion" p WHERE p."id" = c."toVersionId");
DELETE FROM "Approval" c WHERE NOT EXISTS (SELECT 1 FROM "Cutover" p WHERE p."id" = c."cutoverId");
DELETE FROM "EvalRun" c WHERE NOT EXISTS (SELECT 1 FROM "Tenant" p WHERE p."id" = c."tenantId")
  OR NOT EXISTS (SELECT 1 FROM "Adapter" p WHERE p."id" = c."adapterId")
  OR NOT EXISTS (SELECT 1 FROM "AdapterVersion" p WHERE p."id" = c."candidateVersionId");
DELETE FROM "Verdict" c WHERE NOT EXISTS (SELECT 1 FROM "AdapterVersion" p WHERE p."id" = c."versionId");
DELETE FROM "VersionRelease" c WHERE NOT EXISTS (SELECT 1 FROM "AdapterVersion" p WHERE p."id" = c."versionId");
DELETE FROM "AdapterDemand" c WHERE NOT EXISTS (SELECT 1 FROM "Adapter" p WHERE p."id" = c."adapterId");
UPDATE "CutoverBatchRow" c SET "cutoverId" = NULL
WHERE c."cutoverId" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "Cutover" p WHERE p."id" = c."cutoverId");
UPDATE "ImportRow" c SET "versionId" = NULL
WHERE c."versionId" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "AdapterVersion" p WHERE p."id" = c."versionId");

-- Left behind by nodes, endpoints and jobs that were removed. What these rows tell is told without them.
UPDATE "LoadEvent" c SET "nodeId" = NULL
WHERE c."nodeId" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "Node" p WHERE p."id" = c."nodeId");
DELETE FROM "DerivedCheckpoint" c WHERE NOT EXISTS (SELECT 1 FROM "Node" p WHERE p."id" = c."nodeId");
UPDATE "EvalRun" c SET "baselineEndpointId" = NULL
WHERE c."baselineEndpointId" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "Endpoint" p WHERE p."id" = c."baselineEndpointId");
UPDATE "Import" c SET "jobId" = NULL
WHERE c."jobId" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "Job" p WHERE p."id" = c."jobId");

-- No release leaves these behind. A catalog that was changed by hand is no reason to refuse the update.
UPDATE "Cutover" c SET "fromVersionId" = NULL
WHERE c."fromVersionId" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "AdapterVersion" p WHERE p."id" = c."fromVersionId");
UPDATE "Cutover" c SET "verdictId" = NULL
WHERE c."verdictId" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "Verdict" p WHERE p."id" = c."verdictId");
UPDATE "Approval" c SET "runId" = NULL
WHERE c."runId" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "EvalRun" p WHERE p."id" = c."runId");
UPDATE "EvalRun" c SET "baselineVersionId" = NULL
WHERE c."baselineVersionId" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "AdapterVersion" p WHERE p."id" = c."baselineVersionId");
UPDATE "AdapterVersion" c SET "rolledBackCutoverId" = NULL
WHERE c."rolledBackCutoverId" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "Cutover" p WHERE p."id" = c."rolledBackCutoverId");
UPDATE "Route" c SET "liveVersionId" = NULL
WHERE c."liveVersionId" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "AdapterVersion" p WHERE p."id" = c."liveVersionId");
UPDATE "Route" c SET "previousVersionId" = NULL
WHERE c."previousVersionId" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "AdapterVersion" p WHERE p."id" = c."previousVersionId");
UPDATE "Route" c SET "candidateVersionId" = NULL, "candidateWeight" = 0
WHERE c."candidateVersionId" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "AdapterVersion" p WHERE p."id" = c."candidateVersionId");
UPDATE "Route" c SET "mirrorVersionId" = NULL, "mirrorShare" = 0
WHERE c."mirrorVersionId" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "AdapterVersion" p WHERE p."id" = c."mirrorVersionId");
UPDATE "Route" c SET "originEndpointId" = NULL, "originUntil" = NULL, "originEndedAt" = NULL
WHERE c."originEndpointId" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "Endpoint" p WHERE p."id" = c."originEndpointId");
UPDATE "Tenant" c SET "hostedEndpointId" = NULL
WHERE c."hostedEndpointId" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "Endpoint" p WHERE p."id" = c."hostedEndpointId");
UPDATE "Pool" c SET "hostedEndpointId" = NULL
WHERE c."hostedEndpointId" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "Endpoint" p WHERE p."id" = c."hostedEndpointId");
UPDATE "Alert" c SET "causeId" = NULL
WHERE c."causeId" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "Alert" p WHERE p."id" = c."causeId");
-- A link to an alert that is gone becomes a line of the incident's timeline, which keeps the alert's title.
INSERT INTO "IncidentEvent" ("id", "incidentId", "at", "kind", "text", "by")
SELECT 'ine_' || substr(l."alertId", 5), l."incidentId", l."linkedAt", 'linked', l."title", 'Switchyard'
FROM "IncidentAlert" l WHERE NOT EXISTS (SELECT 1 FROM "Alert" p WHERE p."id" = l."alertId");
DELETE FROM "IncidentAlert" c WHERE NOT EXISTS (SELECT 1 FROM "Alert" p WHERE p."id" = c."alertId");

CREATE INDEX "Alert_causeId_idx" ON "Alert"("causeId");
CREATE INDEX "Cutover_adapterId_idx" ON "Cutover"("adapterId");
CREATE INDEX "Cutover_fromVersionId_idx" ON "Cutover"("fromVersionId");
CREATE INDEX "Cutover_toVersionId_idx" ON "Cutover"("toVersionId");
CREATE INDEX "Cutover_verdictId_idx" ON "Cutover"("verdictId");
CREATE INDEX "Approval_runId_idx" ON "Approval"("runId");
CREATE INDEX "EvalRun_adapterId_idx" ON "EvalRun"("adapterId");
CREATE INDEX "EvalRun_baselineVersionId_idx" ON "EvalRun"("baselineVersionId");
CREATE INDEX "EvalRun_baselineEndpointId_idx" ON "EvalRun"("baselineEndpointId");
CREATE INDEX "Pool_hostedEndpointId_idx" ON "Pool"("hostedEndpointId");
CREATE INDEX "Tenant_hostedEndpointId_idx" ON "Tenant"("hostedEndpointId");
CREATE INDEX "AdapterVersion_rolledBackCutoverId_idx" ON "AdapterVersion"("rolledBackCutoverId");
CREATE INDEX "Import_jobId_idx" ON "Import"("jobId");
CREATE INDEX "ImportRow_versionId_idx" ON "ImportRow"("versionId");
CREATE INDEX "Route_liveVersionId_idx" ON "Route"("liveVersionId");
CREATE INDEX "Route_previousVersionId_idx" ON "Route"("previousVersionId");
CREATE INDEX "Route_candidateVersionId_idx" ON "Route"("candidateVersionId");
CREATE INDEX "Route_mirrorVersionId_idx" ON "Route"("mirrorVersionId");
CREATE INDEX "Route_originEndpointId_idx" ON "Route"("originEndpointId");

ALTER TABLE "Alert"
  ADD CONSTRAINT "Alert_causeId_fkey"
  FOREIGN KEY ("causeId") REFERENCES "Alert"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "Cutover"
  ADD CONSTRAINT "Cutover_tenantId_fkey"
  FOREIGN KEY ("tenantId") REFERENCES "Tenant"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "Cutover"
  ADD CONSTRAINT "Cutover_adapterId_fkey"
  FOREIGN KEY ("adapterId") REFERENCES "Adapter"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "Cutover"
  ADD CONSTRAINT "Cutover_fromVersionId_fkey"
  FOREIGN KEY ("fromVersionId") REFERENCES "AdapterVersion"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "Cutover"
  ADD CONSTRAINT "Cutover_toVersionId_fkey"
  FOREIGN KEY ("toVersionId") REFERENCES "AdapterVersion"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "Cutover"
  ADD CONSTRAINT "Cutover_verdictId_fkey"
  FOREIGN KEY ("verdictId") REFERENCES "Verdict"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "Approval"
  ADD CONSTRAINT "Approval_cutoverId_fkey"
  FOREIGN KEY ("cutoverId") REFERENCES "Cutover"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "Approval"
  ADD CONSTRAINT "Approval_runId_fkey"
  FOREIGN KEY ("runId") REFERENCES "EvalRun"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "VersionRelease"
  ADD CONSTRAINT "VersionRelease_versionId_fkey"
  FOREIGN KEY ("versionId") REFERENCES "AdapterVersion"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "CutoverBatchRow"
  ADD CONSTRAINT "CutoverBatchRow_cutoverId_fkey"
  FOREIGN KEY ("cutoverId") REFERENCES "Cutover"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "EvalRun"
  ADD CONSTRAINT "EvalRun_tenantId_fkey"
  FOREIGN KEY ("tenantId") REFERENCES "Tenant"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "EvalRun"
  ADD CONSTRAINT "EvalRun_adapterId_fkey"
  FOREIGN KEY ("adapterId") REFERENCES "Adapter"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "EvalRun"
  ADD CONSTRAINT "EvalRun_candidateVersionId_fkey"
  FOREIGN KEY ("candidateVersionId") REFERENCES "AdapterVersion"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "EvalRun"
  ADD CONSTRAINT "EvalRun_baselineVersionId_fkey"
  FOREIGN KEY ("baselineVersionId") REFERENCES "AdapterVersion"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "EvalRun"
  ADD CONSTRAINT "EvalRun_baselineEndpointId_fkey"
  FOREIGN KEY ("baselineEndpointId") REFERENCES "Endpoint"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "Verdict"
  ADD CONSTRAINT "Verdict_versionId_fkey"
  FOREIGN KEY ("versionId") REFERENCES "AdapterVersion"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "AdapterDemand"
  ADD CONSTRAINT "AdapterDemand_adapterId_fkey"
  FOREIGN KEY ("adapterId") REFERENCES "Adapter"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "LoadEvent"
  ADD CONSTRAINT "LoadEvent_nodeId_fkey"
  FOREIGN KEY ("nodeId") REFERENCES "Node"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "IncidentAlert"
  ADD CONSTRAINT "IncidentAlert_alertId_fkey"
  FOREIGN KEY ("alertId") REFERENCES "Alert"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "DerivedCheckpoint"
  ADD CONSTRAINT "DerivedCheckpoint_nodeId_fkey"
  FOREIGN KEY ("nodeId") REFERENCES "Node"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "Pool"
  ADD CONSTRAINT "Pool_hostedEndpointId_fkey"
  FOREIGN KEY ("hostedEndpointId") REFERENCES "Endpoint"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "Tenant"
  ADD CONSTRAINT "Tenant_hostedEndpointId_fkey"
  FOREIGN KEY ("hostedEndpointId") REFERENCES "Endpoint"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "AdapterVersion"
  ADD CONSTRAINT "AdapterVersion_rolledBackCutoverId_fkey"
  FOREIGN KEY ("rolledBackCutoverId") REFERENCES "Cutover"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "Import"
  ADD CONSTRAINT "Import_jobId_fkey"
  FOREIGN KEY ("jobId") REFERENCES "Job"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "ImportRow"
  ADD CONSTRAINT "ImportRow_versionId_fkey"
  FOREIGN KEY ("versionId") REFERENCES "AdapterVersion"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "OffboardingStep"
  ADD CONSTRAINT "OffboardingStep_tenantId_fkey"
  FOREIGN KEY ("tenantId") REFERENCES "Tenant"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "Route"
  ADD CONSTRAINT "Route_tenantId_fkey"
  FOREIGN KEY ("tenantId") REFERENCES "Tenant"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "Route"
  ADD CONSTRAINT "Route_liveVersionId_fkey"
  FOREIGN KEY ("liveVersionId") REFERENCES "AdapterVersion"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "Route"
  ADD CONSTRAINT "Route_previousVersionId_fkey"
  FOREIGN KEY ("previousVersionId") REFERENCES "AdapterVersion"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "Route"
  ADD CONSTRAINT "Route_candidateVersionId_fkey"
  FOREIGN KEY ("candidateVersionId") REFERENCES "AdapterVersion"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "Route"
  ADD CONSTRAINT "Route_mirrorVersionId_fkey"
  FOREIGN KEY ("mirrorVersionId") REFERENCES "AdapterVersion"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "Route"
  ADD CONSTRAINT "Route_originEndpointId_fkey"
  FOREIGN KEY ("originEndpointId") REFERENCES "Endpoint"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "Endpoint"
  ADD CONSTRAINT "Endpoint_tenantId_fkey"
  FOREIGN KEY ("tenantId") REFERENCES "Tenant"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "Adapter" FORCE ROW LEVEL SECURITY;
ALTER TABLE "AdapterDemand" FORCE ROW LEVEL SECURITY;
ALTER TABLE "AdapterVersion" FORCE ROW LEVEL SECURITY;
ALTER TABLE "Alert" FORCE ROW LEVEL SECURITY;
ALTER TABLE "Approval" FORCE ROW LEVEL SECURITY;
ALTER TABLE "Cutover" FORCE ROW LEVEL SECURITY;
ALTER TABLE "DerivedCheckpoint" FORCE ROW LEVEL SECURITY;
ALTER TABLE "Endpoint" FORCE ROW LEVEL SECURITY;
ALTER TABLE "EvalRun" FORCE ROW LEVEL SECURITY;
ALTER TABLE "IncidentAlert" FORCE ROW LEVEL SECURITY;
ALTER TABLE "IncidentEvent" FORCE ROW LEVEL SECURITY;
ALTER TABLE "LoadEvent" FORCE ROW LEVEL SECURITY;
ALTER TABLE "OffboardingStep" FORCE ROW LEVEL SECURITY;
ALTER TABLE "Route" FORCE ROW LEVEL SECURITY;
ALTER TABLE "Tenant" FORCE ROW LEVEL SECURITY;
ALTER TABLE "Verdict" FORCE ROW LEVEL SECURITY;
ALTER TABLE "VersionRelease" FORCE ROW LEVEL SECURITY;
