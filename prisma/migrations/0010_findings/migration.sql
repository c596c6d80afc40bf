-- What the detectors see: one open row a pitfall and subject, with the figures behind it and what to do.

-- CreateEnum
CREATE TYPE "FindingSeverity" AS ENUM ('critical', 'warning', 'notice');

-- CreateTable
CREATE TABLE "Finding" (
    "id" TEXT NOT NULL,
    "pitfall" TEXT NOT NULL,
    "severity" "FindingSeverity" NOT NULL,
    "dedupeKey" TEXT NOT NULL,
    "openKey" TEXT,
    "subjectType" TEXT NOT NULL,
    "subjectId" TEXT NOT NULL,
    "subjectName" TEXT NOT NULL,
    "poolId" TEXT NOT NULL,
    "nodeId" TEXT,
    "tenantId" TEXT,
    "body" JSONB NOT NULL,
    "firstSeenAt" TIMESTAMPTZ(3) NOT NULL,
    "lastSeenAt" TIMESTAMPTZ(3) NOT NULL,
    "goodSince" TIMESTAMPTZ(3),
    "clearedAt" TIMESTAMPTZ(3),

    CONSTRAINT "Finding_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "Finding_openKey_key" ON "Finding"("openKey");

-- CreateIndex
CREATE INDEX "Finding_poolId_clearedAt_idx" ON "Finding"("poolId", "clearedAt");

-- CreateIndex
CREATE INDEX "Finding_clearedAt_idx" ON "Finding"("clearedAt");

-- Row-level security as in 0002. It names nodes and other tenants: the tenant role is granted nothing.
ALTER TABLE "Finding" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "Finding" FORCE ROW LEVEL SECURITY;
CREATE POLICY platform ON "Finding" TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY tenant ON "Finding" TO switchyard_tenant USING ("tenantId" = switchyard_tenant_id()) WITH CHECK ("tenantId" = switchyard_tenant_id());
