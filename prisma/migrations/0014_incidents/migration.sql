-- What went wrong for customers, what was done about it, and what each of them was told.

-- CreateEnum
CREATE TYPE "IncidentState" AS ENUM ('draft', 'open', 'resolved', 'closed', 'dismissed');

-- CreateEnum
CREATE TYPE "IncidentSeverity" AS ENUM ('critical', 'major', 'minor');

-- CreateEnum
CREATE TYPE "IncidentStatus" AS ENUM ('investigating', 'identified', 'monitoring', 'resolved');

-- CreateEnum
CREATE TYPE "IncidentEventKind" AS ENUM ('drafted', 'opened', 'accepted', 'dismissed', 'held', 'changed', 'linked', 'note', 'update', 'resolved', 'reopened', 'closed');

-- CreateTable
CREATE TABLE "Incident" (
    "id" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "severity" "IncidentSeverity" NOT NULL,
    "state" "IncidentState" NOT NULL,
    "startedAt" TIMESTAMPTZ(3) NOT NULL,
    "endedAt" TIMESTAMPTZ(3),
    "poolId" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "createdBy" TEXT NOT NULL,
    "heldBy" TEXT,
    "heldAt" TIMESTAMPTZ(3),
    "dismissReason" TEXT,
    "closedAt" TIMESTAMPTZ(3),
    "cause" TEXT,
    "done" TEXT,
    "actions" TEXT,
    "impact" JSONB,
    "document" TEXT,
    "generation" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "Incident_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "IncidentTenant" (
    "incidentId" TEXT NOT NULL,
    "tenantId" TEXT NOT NULL,

    CONSTRAINT "IncidentTenant_pkey" PRIMARY KEY ("incidentId","tenantId")
);

-- CreateTable
CREATE TABLE "IncidentAlert" (
    "alertId" TEXT NOT NULL,
    "incidentId" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "linkedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "IncidentAlert_pkey" PRIMARY KEY ("alertId")
);

-- CreateTable
CREATE TABLE "IncidentEvent" (
    "id" TEXT NOT NULL,
    "incidentId" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "kind" "IncidentEventKind" NOT NULL,
    "text" TEXT NOT NULL,
    "by" TEXT NOT NULL,

    CONSTRAINT "IncidentEvent_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "IncidentUpdate" (
    "id" TEXT NOT NULL,
    "incidentId" TEXT NOT NULL,
    "eventId" TEXT NOT NULL,
    "tenantId" TEXT NOT NULL,
    "status" "IncidentStatus" NOT NULL,
    "text" TEXT NOT NULL,
    "startedAt" TIMESTAMPTZ(3) NOT NULL,
    "publishedAt" TIMESTAMPTZ(3) NOT NULL,
    "by" TEXT NOT NULL,

    CONSTRAINT "IncidentUpdate_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "Incident_state_severity_id_idx" ON "Incident"("state", "severity", "id");

-- CreateIndex
CREATE INDEX "IncidentTenant_tenantId_idx" ON "IncidentTenant"("tenantId");

-- CreateIndex
CREATE INDEX "IncidentAlert_incidentId_idx" ON "IncidentAlert"("incidentId");

-- CreateIndex
CREATE INDEX "IncidentEvent_incidentId_id_idx" ON "IncidentEvent"("incidentId", "id");

-- CreateIndex
CREATE INDEX "IncidentUpdate_tenantId_id_idx" ON "IncidentUpdate"("tenantId", "id");

-- CreateIndex
CREATE INDEX "IncidentUpdate_incidentId_idx" ON "IncidentUpdate"("incidentId");

-- CreateIndex
CREATE UNIQUE INDEX "IncidentUpdate_eventId_tenantId_key" ON "IncidentUpdate"("eventId", "tenantId");

-- AddForeignKey
ALTER TABLE "IncidentTenant" ADD CONSTRAINT "IncidentTenant_incidentId_fkey" FOREIGN KEY ("incidentId") REFERENCES "Incident"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "IncidentTenant" ADD CONSTRAINT "IncidentTenant_tenantId_fkey" FOREIGN KEY ("tenantId") REFERENCES "Tenant"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "IncidentAlert" ADD CONSTRAINT "IncidentAlert_incidentId_fkey" FOREIGN KEY ("incidentId") REFERENCES "Incident"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "IncidentEvent" ADD CONSTRAINT "IncidentEvent_incidentId_fkey" FOREIGN KEY ("incidentId") REFERENCES "Incident"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "IncidentUpdate" ADD CONSTRAINT "IncidentUpdate_incidentId_fkey" FOREIGN KEY ("incidentId") REFERENCES "Incident"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "IncidentUpdate" ADD CONSTRAINT "IncidentUpdate_tenantId_fkey" FOREIGN KEY ("tenantId") REFERENCES "Tenant"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Row-level security as in 0002. A customer reads what was published to them; who wrote it, and everything else of an
-- incident, is granted to nobody but staff.
DO $$
DECLARE
  scoped text;
BEGIN
  FOREACH scoped IN ARRAY ARRAY['Incident', 'IncidentTenant', 'IncidentAlert', 'IncidentEvent', 'IncidentUpdate'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', scoped);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', scoped);
    EXECUTE format('CREATE POLICY platform ON %I TO switchyard_platform USING (true) WITH CHECK (true)', scoped);
  END LOOP;
END $$;
CREATE POLICY tenant ON "IncidentUpdate" TO switchyard_tenant USING ("tenantId" = switchyard_tenant_id()) WITH CHECK (false);
GRANT SELECT ("id", "incidentId", "tenantId", "status", "text", "startedAt", "publishedAt") ON "IncidentUpdate" TO switchyard_tenant;
