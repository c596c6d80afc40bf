-- What driving real nodes needs: delivery, drains, inspections, residency, placement by demand, rollouts of engine limits.
-- Everything here but demand belongs to the platform alone; a customer's role gets no grant on it.

-- CreateEnum
CREATE TYPE "Delivery" AS ENUM ('shared', 'fetch');

-- CreateEnum
CREATE TYPE "DriftPolicy" AS ENUM ('keep', 'remove');

-- CreateEnum
CREATE TYPE "RestartStep" AS ENUM ('manual', 'webhook', 'simulated');

-- CreateEnum
CREATE TYPE "RolloutState" AS ENUM ('running', 'completed', 'failed', 'cancelled');

-- CreateEnum
CREATE TYPE "RolloutPhase" AS ENUM ('pending', 'draining', 'restarting', 'restoring', 'done', 'failed', 'skipped');

-- CreateEnum
CREATE TYPE "ResidencyTier" AS ENUM ('gpu', 'cpu', 'absent');

-- AlterTable
ALTER TABLE "Lease" ADD COLUMN     "note" JSONB;

-- AlterTable
ALTER TABLE "ApiKey" ADD COLUMN     "nodeId" TEXT;

-- AlterTable
ALTER TABLE "Pool" ADD COLUMN     "delivery" "Delivery" NOT NULL DEFAULT 'shared',
ADD COLUMN     "driftPolicy" "DriftPolicy" NOT NULL DEFAULT 'keep',
ADD COLUMN     "replicas" INTEGER,
ADD COLUMN     "restartStep" "RestartStep" NOT NULL DEFAULT 'manual',
ADD COLUMN     "restartUrl" TEXT,
ADD COLUMN     "sealedRestartSecret" TEXT;

-- AlterTable
ALTER TABLE "Node" ADD COLUMN     "drainDeadline" TIMESTAMPTZ(3),
ADD COLUMN     "fingerprints" JSONB,
ADD COLUMN     "limits" JSONB,
ADD COLUMN     "report" JSONB,
ADD COLUMN     "reportedAt" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "Adapter" ADD COLUMN     "pinnedNodeIds" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "replicas" INTEGER;

-- CreateTable
CREATE TABLE "Residency" (
    "nodeId" TEXT NOT NULL,
    "loraName" TEXT NOT NULL,
    "tier" "ResidencyTier" NOT NULL,
    "epoch" INTEGER NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,
    "seenAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Residency_pkey" PRIMARY KEY ("nodeId","loraName")
);

-- CreateTable
CREATE TABLE "AdapterDemand" (
    "adapterId" TEXT NOT NULL,
    "tenantId" TEXT NOT NULL,
    "requestsPerMinute" DOUBLE PRECISION NOT NULL,
    "peakConcurrent" INTEGER NOT NULL,
    "observedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "AdapterDemand_pkey" PRIMARY KEY ("adapterId")
);

-- CreateTable
CREATE TABLE "Rollout" (
    "id" TEXT NOT NULL,
    "poolId" TEXT NOT NULL,
    "state" "RolloutState" NOT NULL DEFAULT 'running',
    "before" JSONB NOT NULL,
    "target" JSONB NOT NULL,
    "drainSeconds" INTEGER NOT NULL,
    "restartSeconds" INTEGER NOT NULL,
    "message" TEXT,
    "startedBy" JSONB NOT NULL,
    "generation" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,
    "finishedAt" TIMESTAMPTZ(3),

    CONSTRAINT "Rollout_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "RolloutNode" (
    "rolloutId" TEXT NOT NULL,
    "nodeId" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "phase" "RolloutPhase" NOT NULL DEFAULT 'pending',
    "message" TEXT NOT NULL DEFAULT '',
    "epochBefore" INTEGER,
    "deadline" TIMESTAMPTZ(3),
    "wasCordoned" BOOLEAN NOT NULL DEFAULT false,
    "routableBefore" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "askedAt" TIMESTAMPTZ(3),
    "askAttempts" INTEGER NOT NULL DEFAULT 0,
    "nextAskAt" TIMESTAMPTZ(3),
    "since" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "RolloutNode_pkey" PRIMARY KEY ("rolloutId","nodeId")
);

-- CreateIndex
CREATE INDEX "Rollout_poolId_createdAt_idx" ON "Rollout"("poolId", "createdAt");

-- CreateIndex
CREATE INDEX "RolloutNode_nodeId_idx" ON "RolloutNode"("nodeId");

-- CreateIndex
CREATE INDEX "ApiKey_nodeId_idx" ON "ApiKey"("nodeId");

-- AddForeignKey
ALTER TABLE "ApiKey" ADD CONSTRAINT "ApiKey_nodeId_fkey" FOREIGN KEY ("nodeId") REFERENCES "Node"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Residency" ADD CONSTRAINT "Residency_nodeId_fkey" FOREIGN KEY ("nodeId") REFERENCES "Node"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Rollout" ADD CONSTRAINT "Rollout_poolId_fkey" FOREIGN KEY ("poolId") REFERENCES "Pool"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "RolloutNode" ADD CONSTRAINT "RolloutNode_rolloutId_fkey" FOREIGN KEY ("rolloutId") REFERENCES "Rollout"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Row-level security as in 0002: demand names a tenant.
ALTER TABLE "AdapterDemand" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "AdapterDemand" FORCE ROW LEVEL SECURITY;
CREATE POLICY platform ON "AdapterDemand" TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY tenant ON "AdapterDemand" TO switchyard_tenant USING ("tenantId" = switchyard_tenant_id()) WITH CHECK ("tenantId" = switchyard_tenant_id());

-- A drain, a policy and a rollout are work for the reconcile loop, and a draining node gets no new requests.
DROP TRIGGER work_changed ON "Node";
CREATE TRIGGER work_changed AFTER INSERT OR UPDATE OF "cordoned", "baseUrl", "generation", "drainDeadline" ON "Node" FOR EACH STATEMENT EXECUTE FUNCTION notify_work();
CREATE TRIGGER work_changed AFTER INSERT OR UPDATE OF "replicas", "pinnedNodeIds" ON "Adapter" FOR EACH STATEMENT EXECUTE FUNCTION notify_work();
CREATE TRIGGER work_changed AFTER UPDATE OF "replicas", "driftPolicy" ON "Pool" FOR EACH STATEMENT EXECUTE FUNCTION notify_work();
CREATE TRIGGER work_changed AFTER INSERT OR UPDATE OF "state", "generation" ON "Rollout" FOR EACH STATEMENT EXECUTE FUNCTION notify_work();
DROP TRIGGER routing_changed ON "Node";
CREATE TRIGGER routing_changed AFTER INSERT OR DELETE OR UPDATE OF "baseUrl", "sealedKey", "standalone", "cordoned", "conditions", "epoch", "drainDeadline" ON "Node"
  FOR EACH STATEMENT EXECUTE FUNCTION notify_routing();
