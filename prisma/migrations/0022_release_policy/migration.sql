-- What a new version does by itself, and who has to agree first: a tenant's release policy, the approvals that hold a
-- cutover's steps, and how far the policy has brought a version.

-- CreateEnum
CREATE TYPE "ApprovalStep" AS ENUM ('canary', 'live');

-- CreateEnum
CREATE TYPE "ApprovalDecider" AS ENUM ('platform', 'customer');

-- CreateEnum
CREATE TYPE "ApproverRole" AS ENUM ('platform_admin', 'operator', 'tenant_admin');

-- CreateEnum
CREATE TYPE "ApprovalState" AS ENUM ('pending', 'approved', 'declined', 'expired', 'withdrawn');

-- CreateEnum
CREATE TYPE "ApprovalSilence" AS ENUM ('nothing', 'goes_on');

-- CreateEnum
CREATE TYPE "ReleaseAction" AS ENUM ('stage', 'run_gate', 'start_cutover');

-- AlterTable
ALTER TABLE "Tenant" ADD COLUMN     "releasePolicy" JSONB;

-- CreateTable
CREATE TABLE "Approval" (
    "id" TEXT NOT NULL,
    "tenantId" TEXT NOT NULL,
    "cutoverId" TEXT NOT NULL,
    "runId" TEXT,
    "step" "ApprovalStep" NOT NULL,
    "decider" "ApprovalDecider" NOT NULL,
    "approverRole" "ApproverRole" NOT NULL,
    "onSilence" "ApprovalSilence" NOT NULL,
    "cutoverGeneration" INTEGER NOT NULL,
    "state" "ApprovalState" NOT NULL DEFAULT 'pending',
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "remindAt" TIMESTAMPTZ(3),
    "askedAt" TIMESTAMPTZ(3),
    "remindedAt" TIMESTAMPTZ(3),
    "decidedBy" TEXT,
    "decidedAt" TIMESTAMPTZ(3),
    "comment" TEXT,
    "reason" TEXT,
    "settledAt" TIMESTAMPTZ(3),

    CONSTRAINT "Approval_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "VersionRelease" (
    "versionId" TEXT NOT NULL,
    "tenantId" TEXT NOT NULL,
    "action" "ReleaseAction" NOT NULL,
    "tries" INTEGER NOT NULL DEFAULT 0,
    "message" TEXT NOT NULL,
    "failedAt" TIMESTAMPTZ(3),
    "nextTryAt" TIMESTAMPTZ(3),
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "VersionRelease_pkey" PRIMARY KEY ("versionId")
);

-- CreateIndex
CREATE UNIQUE INDEX "Approval_cutoverId_step_key" ON "Approval"("cutoverId", "step");

-- CreateIndex
CREATE INDEX "Approval_tenantId_createdAt_idx" ON "Approval"("tenantId", "createdAt");

-- CreateIndex
CREATE INDEX "Approval_state_idx" ON "Approval"("state");

-- CreateIndex
CREATE INDEX "VersionRelease_tenantId_idx" ON "VersionRelease"("tenantId");

-- AddForeignKey
ALTER TABLE "Approval" ADD CONSTRAINT "Approval_tenantId_fkey" FOREIGN KEY ("tenantId") REFERENCES "Tenant"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "VersionRelease" ADD CONSTRAINT "VersionRelease_tenantId_fkey" FOREIGN KEY ("tenantId") REFERENCES "Tenant"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Row-level security as in 0002. A customer sees what waits, or waited, for it; it may decide what is still open, and
-- nothing else of the row. How the policy gets on is the platform's to read.
DO $$
DECLARE
  scoped text;
BEGIN
  FOREACH scoped IN ARRAY ARRAY['Approval', 'VersionRelease'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', scoped);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', scoped);
    EXECUTE format('CREATE POLICY platform ON %I TO switchyard_platform USING (true) WITH CHECK (true)', scoped);
  END LOOP;
END $$;
CREATE POLICY tenant ON "Approval" FOR SELECT TO switchyard_tenant
  USING ("tenantId" = switchyard_tenant_id() AND "decider" = 'customer');
CREATE POLICY tenant_decides ON "Approval" FOR UPDATE TO switchyard_tenant
  USING ("tenantId" = switchyard_tenant_id() AND "decider" = 'customer' AND "state" = 'pending')
  WITH CHECK ("tenantId" = switchyard_tenant_id() AND "decider" = 'customer' AND "state" IN ('approved', 'declined'));
GRANT SELECT, UPDATE ("state", "decidedBy", "decidedAt", "comment") ON "Approval" TO switchyard_tenant;

-- Whoever carries decisions out is woken by them.
CREATE TRIGGER work_changed AFTER INSERT OR UPDATE OF "state" ON "Approval" FOR EACH STATEMENT EXECUTE FUNCTION notify_work();
