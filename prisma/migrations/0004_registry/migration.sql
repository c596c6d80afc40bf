-- What the registry needs: many adapters at once, jobs, buckets to import from, proof of stored bytes, off-boarding.
-- All new tables belong to the platform alone; a customer's role gets no grant on them.

-- CreateEnum
CREATE TYPE "JobState" AS ENUM ('queued', 'running', 'completed', 'cancelled', 'failed');

-- CreateEnum
CREATE TYPE "JobItemState" AS ENUM ('pending', 'running', 'succeeded', 'failed', 'skipped');

-- CreateEnum
CREATE TYPE "ImportKind" AS ENUM ('browser', 'directory', 'csv', 'bucket');

-- CreateEnum
CREATE TYPE "ImportState" AS ENUM ('open', 'importing', 'completed', 'discarded');

-- CreateEnum
CREATE TYPE "ImportRowState" AS ENUM ('unchecked', 'checking', 'invalid', 'valid', 'importing', 'imported', 'failed', 'skipped');

-- CreateEnum
CREATE TYPE "OffboardingStepState" AS ENUM ('waiting', 'running', 'done', 'skipped', 'failed');

-- AlterEnum
-- This migration adds more than one value to an enum.
-- With PostgreSQL versions 11 and earlier, this is not possible
-- in a single migration. This can be worked around by creating
-- multiple migrations, each migration adding only one value to
-- the enum.


ALTER TYPE "TenantStatus" ADD VALUE 'offboarding';
ALTER TYPE "TenantStatus" ADD VALUE 'archived';

-- AlterEnum
ALTER TYPE "VersionState" ADD VALUE 'deleted';

-- AlterTable
ALTER TABLE "AdapterVersion" ADD COLUMN     "moduleNorms" JSONB,
ADD COLUMN     "stateChangedAt" TIMESTAMPTZ(3),
ADD COLUMN     "stateReason" TEXT,
ADD COLUMN     "verifiedAt" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "VersionFile" ADD COLUMN     "expectedSha256" TEXT;

-- AlterTable
ALTER TABLE "Placement" ADD COLUMN     "unloadedAt" TIMESTAMPTZ(3),
ADD COLUMN     "unloadedEpoch" INTEGER;

-- CreateTable
CREATE TABLE "ImportSource" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "endpoint" TEXT NOT NULL,
    "region" TEXT NOT NULL,
    "bucket" TEXT NOT NULL,
    "prefix" TEXT NOT NULL DEFAULT '',
    "accessKeyId" TEXT NOT NULL,
    "sealedSecret" TEXT NOT NULL,
    "generation" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,
    "lastUsedAt" TIMESTAMPTZ(3),

    CONSTRAINT "ImportSource_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Import" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "poolId" TEXT NOT NULL,
    "kind" "ImportKind" NOT NULL,
    "source" JSONB NOT NULL DEFAULT '{}',
    "state" "ImportState" NOT NULL DEFAULT 'open',
    "jobId" TEXT,
    "createdBy" TEXT NOT NULL,
    "generation" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Import_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ImportRow" (
    "id" TEXT NOT NULL,
    "importId" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "tenantSlug" TEXT NOT NULL,
    "tenantName" TEXT NOT NULL,
    "adapterSlug" TEXT NOT NULL,
    "adapterName" TEXT NOT NULL,
    "location" TEXT NOT NULL,
    "isGuess" BOOLEAN NOT NULL DEFAULT false,
    "state" "ImportRowState" NOT NULL DEFAULT 'unchecked',
    "files" JSONB NOT NULL DEFAULT '[]',
    "findings" JSONB NOT NULL DEFAULT '[]',
    "facts" JSONB,
    "message" TEXT,
    "versionId" TEXT,
    "generation" INTEGER NOT NULL DEFAULT 1,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "ImportRow_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "OffboardingStep" (
    "tenantId" TEXT NOT NULL,
    "step" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "state" "OffboardingStepState" NOT NULL DEFAULT 'waiting',
    "message" TEXT NOT NULL DEFAULT '',
    "record" JSONB NOT NULL DEFAULT '{}',
    "startedAt" TIMESTAMPTZ(3),
    "finishedAt" TIMESTAMPTZ(3),

    CONSTRAINT "OffboardingStep_pkey" PRIMARY KEY ("tenantId","step")
);

-- CreateTable
CREATE TABLE "Job" (
    "id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "state" "JobState" NOT NULL DEFAULT 'queued',
    "input" JSONB NOT NULL DEFAULT '{}',
    "startedBy" JSONB NOT NULL,
    "total" INTEGER NOT NULL,
    "message" TEXT,
    "cancelRequestedAt" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "startedAt" TIMESTAMPTZ(3),
    "finishedAt" TIMESTAMPTZ(3),

    CONSTRAINT "Job_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "JobItem" (
    "jobId" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "key" TEXT NOT NULL,
    "label" TEXT NOT NULL,
    "state" "JobItemState" NOT NULL DEFAULT 'pending',
    "input" JSONB NOT NULL DEFAULT '{}',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "message" TEXT NOT NULL DEFAULT '',
    "fix" TEXT,
    "result" JSONB,
    "startedAt" TIMESTAMPTZ(3),
    "finishedAt" TIMESTAMPTZ(3),

    CONSTRAINT "JobItem_pkey" PRIMARY KEY ("jobId","position")
);

-- CreateIndex
CREATE UNIQUE INDEX "ImportSource_name_key" ON "ImportSource"("name");

-- CreateIndex
CREATE INDEX "Import_state_createdAt_idx" ON "Import"("state", "createdAt");

-- CreateIndex
CREATE UNIQUE INDEX "ImportRow_importId_position_key" ON "ImportRow"("importId", "position");

-- CreateIndex
CREATE INDEX "Job_state_createdAt_idx" ON "Job"("state", "createdAt");

-- CreateIndex
CREATE INDEX "Job_createdAt_idx" ON "Job"("createdAt");

-- CreateIndex
CREATE UNIQUE INDEX "JobItem_jobId_key_key" ON "JobItem"("jobId", "key");

-- CreateIndex
CREATE INDEX "AdapterVersion_state_verifiedAt_idx" ON "AdapterVersion"("state", "verifiedAt");

-- CreateIndex
CREATE INDEX "AdapterVersion_storePath_idx" ON "AdapterVersion"("storePath");

-- AddForeignKey
ALTER TABLE "ImportRow" ADD CONSTRAINT "ImportRow_importId_fkey" FOREIGN KEY ("importId") REFERENCES "Import"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "JobItem" ADD CONSTRAINT "JobItem_jobId_fkey" FOREIGN KEY ("jobId") REFERENCES "Job"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "VersionRetention" ADD CONSTRAINT "VersionRetention_versionId_fkey" FOREIGN KEY ("versionId") REFERENCES "AdapterVersion"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Row-level security as in 0002: a step of off-boarding names a tenant.
ALTER TABLE "OffboardingStep" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "OffboardingStep" FORCE ROW LEVEL SECURITY;
CREATE POLICY platform ON "OffboardingStep" TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY tenant ON "OffboardingStep" TO switchyard_tenant USING ("tenantId" = switchyard_tenant_id()) WITH CHECK ("tenantId" = switchyard_tenant_id());

-- A version that is deleted leaves bytes to be removed.
CREATE TRIGGER work_changed AFTER UPDATE OF "state" ON "AdapterVersion" FOR EACH STATEMENT EXECUTE FUNCTION notify_work();

-- A job, and a tenant that leaves with each of its steps, are work for the worker.
CREATE TRIGGER work_changed AFTER INSERT OR UPDATE OF "state" ON "OffboardingStep" FOR EACH STATEMENT EXECUTE FUNCTION notify_work();
CREATE TRIGGER work_changed AFTER INSERT OR UPDATE OF "cancelRequestedAt" ON "Job" FOR EACH STATEMENT EXECUTE FUNCTION notify_work();
CREATE TRIGGER work_changed AFTER UPDATE OF "status" ON "Tenant" FOR EACH STATEMENT EXECUTE FUNCTION notify_work();

-- A customer sees whether its version is live, staged or a candidate, which goes by who retains it; not why.
GRANT SELECT ("versionId", "holder", "tenantId") ON "VersionRetention" TO switchyard_tenant;
