-- What the gateway needs: limits and shares of tenants, endpoints of others, weights and mirrors on routes, controls set by
-- hand, usage by the minute, and what each gateway says of itself.

-- CreateEnum
CREATE TYPE "ControlKind" AS ENUM ('serve_previous', 'serve_fallback', 'shed', 'freeze', 'cordon', 'drain');

-- AlterEnum
ALTER TYPE "FallbackPolicy" ADD VALUE 'hosted_provider';

-- AlterTable
ALTER TABLE "Tenant" ADD COLUMN     "hostedEndpointId" TEXT,
ADD COLUMN     "maxConcurrent" INTEGER,
ADD COLUMN     "requestsPerMinute" INTEGER,
ADD COLUMN     "tokensPerMinute" INTEGER,
ADD COLUMN     "weight" INTEGER NOT NULL DEFAULT 1;

-- AlterTable
ALTER TABLE "Pool" ADD COLUMN     "hostedEndpointId" TEXT,
ADD COLUMN     "maxInFlight" INTEGER NOT NULL DEFAULT 256,
ADD COLUMN     "queueMax" INTEGER NOT NULL DEFAULT 512,
ADD COLUMN     "saturationWaitMs" INTEGER NOT NULL DEFAULT 5000;

-- AlterTable
ALTER TABLE "Route" ADD COLUMN     "candidateVersionId" TEXT,
ADD COLUMN     "candidateWeight" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "mirrorShare" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "mirrorVersionId" TEXT,
ADD COLUMN     "originEndedAt" TIMESTAMPTZ(3),
ADD COLUMN     "originEndpointId" TEXT,
ADD COLUMN     "originUntil" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "Cutover" ADD COLUMN     "fromOrigin" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "RequestTrace" ADD COLUMN     "attempts" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "endpointId" TEXT,
ADD COLUMN     "expectedTier" TEXT,
ADD COLUMN     "fallbackReason" TEXT,
ADD COLUMN     "heldMs" INTEGER,
ADD COLUMN     "keyId" TEXT,
ADD COLUMN     "nodeEpoch" INTEGER,
ADD COLUMN     "queuedMs" INTEGER;

-- CreateTable
CREATE TABLE "Usage" (
    "instanceId" TEXT NOT NULL,
    "minute" TIMESTAMPTZ(3) NOT NULL,
    "tenantId" TEXT NOT NULL,
    "adapterId" TEXT NOT NULL,
    "versionId" TEXT NOT NULL,
    "kind" "TrafficKind" NOT NULL,
    "via" TEXT NOT NULL,
    "requests" INTEGER NOT NULL,
    "failed" INTEGER NOT NULL,
    "refused" INTEGER NOT NULL,
    "shed" INTEGER NOT NULL,
    "fallbacks" INTEGER NOT NULL,
    "simulated" BOOLEAN NOT NULL,
    "promptTokens" BIGINT NOT NULL,
    "completionTokens" BIGINT NOT NULL,
    "uncounted" INTEGER NOT NULL,
    "ttft" INTEGER[],
    "interToken" INTEGER[],
    "latency" INTEGER[],
    "queued" INTEGER[],

    CONSTRAINT "Usage_pkey" PRIMARY KEY ("tenantId","minute","adapterId","versionId","kind","via","instanceId")
);

-- CreateTable
CREATE TABLE "Endpoint" (
    "id" TEXT NOT NULL,
    "tenantId" TEXT,
    "name" TEXT NOT NULL,
    "baseUrl" TEXT NOT NULL,
    "model" TEXT,
    "sealedKey" TEXT,
    "gpus" DOUBLE PRECISION,
    "costPerMonth" DECIMAL(12,2),
    "generation" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Endpoint_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Control" (
    "id" TEXT NOT NULL,
    "kind" "ControlKind" NOT NULL,
    "tenantId" TEXT,
    "nodeId" TEXT,
    "wasCordoned" BOOLEAN NOT NULL DEFAULT false,
    "reason" TEXT NOT NULL,
    "startedBy" TEXT NOT NULL,
    "startedAt" TIMESTAMPTZ(3) NOT NULL,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "renewedBy" TEXT,
    "renewedAt" TIMESTAMPTZ(3),
    "endedAt" TIMESTAMPTZ(3),
    "endedBy" TEXT,
    "endReason" TEXT,

    CONSTRAINT "Control_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "GatewayInstance" (
    "id" TEXT NOT NULL,
    "startedAt" TIMESTAMPTZ(3) NOT NULL,
    "seenAt" TIMESTAMPTZ(3) NOT NULL,
    "snapshotAt" TIMESTAMPTZ(3),
    "report" JSONB NOT NULL,

    CONSTRAINT "GatewayInstance_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ServiceCondition" (
    "subject" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "tenantId" TEXT,
    "status" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "message" TEXT NOT NULL,
    "lastTransitionTime" TIMESTAMPTZ(3) NOT NULL,
    "observedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "ServiceCondition_pkey" PRIMARY KEY ("subject","type")
);

-- CreateIndex
CREATE INDEX "Usage_minute_idx" ON "Usage"("minute");

-- CreateIndex
CREATE UNIQUE INDEX "Endpoint_name_key" ON "Endpoint"("name");

-- CreateIndex
CREATE INDEX "Endpoint_tenantId_idx" ON "Endpoint"("tenantId");

-- CreateIndex
CREATE INDEX "Control_endedAt_expiresAt_idx" ON "Control"("endedAt", "expiresAt");

-- CreateIndex
CREATE INDEX "Control_tenantId_startedAt_idx" ON "Control"("tenantId", "startedAt");

-- CreateIndex
CREATE INDEX "Control_nodeId_startedAt_idx" ON "Control"("nodeId", "startedAt");

-- CreateIndex
CREATE INDEX "GatewayInstance_seenAt_idx" ON "GatewayInstance"("seenAt");

-- CreateIndex
CREATE INDEX "ServiceCondition_type_status_idx" ON "ServiceCondition"("type", "status");

-- Row-level security as in 0002. Of these a customer reads usage alone: endpoints, controls and conditions are the platform's.
DO $$
DECLARE
  scoped text;
BEGIN
  FOREACH scoped IN ARRAY ARRAY['Usage', 'Endpoint', 'Control', 'ServiceCondition'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', scoped);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', scoped);
    EXECUTE format('CREATE POLICY platform ON %I TO switchyard_platform USING (true) WITH CHECK (true)', scoped);
    EXECUTE format('CREATE POLICY tenant ON %I TO switchyard_tenant USING ("tenantId" = switchyard_tenant_id()) WITH CHECK ("tenantId" = switchyard_tenant_id())', scoped);
  END LOOP;
END $$;
GRANT SELECT ON "Usage" TO switchyard_tenant;

-- The gateway learns of these at once.
CREATE TRIGGER routing_changed AFTER INSERT OR DELETE OR UPDATE ON "Endpoint" FOR EACH STATEMENT EXECUTE FUNCTION notify_routing();
CREATE TRIGGER routing_changed AFTER INSERT OR DELETE OR UPDATE ON "Control" FOR EACH STATEMENT EXECUTE FUNCTION notify_routing();

-- A control that begins or ends is work for the worker.
CREATE TRIGGER work_changed AFTER INSERT OR UPDATE OF "expiresAt", "endedAt" ON "Control" FOR EACH STATEMENT EXECUTE FUNCTION notify_work();
