-- CreateEnum
CREATE TYPE "TenantStatus" AS ENUM ('active', 'suspended');

-- CreateEnum
CREATE TYPE "FallbackPolicy" AS ENUM ('base_model', 'previous_version', 'reject');

-- CreateEnum
CREATE TYPE "StaffRole" AS ENUM ('platform_admin', 'operator', 'auditor');

-- CreateEnum
CREATE TYPE "TenantRole" AS ENUM ('tenant_admin', 'tenant_viewer');

-- CreateEnum
CREATE TYPE "VersionState" AS ENUM ('draft', 'checking', 'ready', 'rejected', 'quarantined', 'retired');

-- CreateEnum
CREATE TYPE "PlacementDesire" AS ENUM ('present', 'absent');

-- CreateEnum
CREATE TYPE "RegistrationState" AS ENUM ('loaded', 'probing', 'routable', 'failed', 'drift');

-- CreateEnum
CREATE TYPE "RunState" AS ENUM ('queued', 'running', 'completed', 'cancelled', 'failed');

-- CreateEnum
CREATE TYPE "VerdictOutcome" AS ENUM ('pass', 'fail', 'inconclusive');

-- CreateEnum
CREATE TYPE "CutoverPhase" AS ENUM ('pending', 'warming', 'shadow', 'canary', 'full', 'soaking', 'completed', 'rolled_back', 'aborted');

-- CreateEnum
CREATE TYPE "DecodingMode" AS ENUM ('greedy', 'sampled');

-- CreateEnum
CREATE TYPE "SampleSide" AS ENUM ('baseline', 'candidate', 'baseline_repeat');

-- CreateEnum
CREATE TYPE "TrafficKind" AS ENUM ('user', 'eval', 'shadow', 'probe');

-- CreateEnum
CREATE TYPE "Via" AS ENUM ('primary', 'previous_version', 'base_model', 'hosted_provider', 'origin');

-- CreateTable
CREATE TABLE "Tenant" (
    "id" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "status" "TenantStatus" NOT NULL DEFAULT 'active',
    "fallback" "FallbackPolicy" NOT NULL DEFAULT 'base_model',
    "allowBaseModel" BOOLEAN NOT NULL DEFAULT false,
    "generation" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Tenant_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "User" (
    "id" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "passwordHash" TEXT,
    "staffRole" "StaffRole",
    "disabledAt" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "User_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Membership" (
    "id" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "tenantId" TEXT NOT NULL,
    "role" "TenantRole" NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Membership_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Session" (
    "id" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "userAgent" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "lastSeenAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "revokedAt" TIMESTAMPTZ(3),

    CONSTRAINT "Session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "SignInAttempt" (
    "id" BIGSERIAL NOT NULL,
    "subject" TEXT NOT NULL,
    "succeeded" BOOLEAN NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "SignInAttempt_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ApiKey" (
    "id" TEXT NOT NULL,
    "tenantId" TEXT,
    "name" TEXT NOT NULL,
    "prefix" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "scopes" TEXT[],
    "createdById" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt" TIMESTAMPTZ(3),
    "revokedAt" TIMESTAMPTZ(3),
    "lastUsedAt" TIMESTAMPTZ(3),

    CONSTRAINT "ApiKey_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Pool" (
    "id" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "baseModel" TEXT NOT NULL,
    "baseRevision" TEXT,
    "baseConfig" JSONB NOT NULL,
    "architectureChecksum" TEXT NOT NULL,
    "tokenizerChecksum" TEXT NOT NULL,
    "chatTemplateChecksum" TEXT,
    "dtype" TEXT NOT NULL,
    "maxModelLen" INTEGER NOT NULL,
    "maxLoras" INTEGER NOT NULL,
    "maxLoraRank" INTEGER NOT NULL,
    "maxCpuLoras" INTEGER NOT NULL,
    "gpuMemoryUtilization" DOUBLE PRECISION NOT NULL,
    "adapterDirectory" TEXT NOT NULL,
    "fallback" "FallbackPolicy" NOT NULL DEFAULT 'base_model',
    "maxBatchWaitMs" INTEGER NOT NULL DEFAULT 50,
    "generation" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Pool_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Node" (
    "id" TEXT NOT NULL,
    "poolId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "baseUrl" TEXT NOT NULL,
    "sealedKey" TEXT,
    "standalone" BOOLEAN NOT NULL DEFAULT false,
    "gpu" TEXT,
    "pricePerHour" DECIMAL(10,4),
    "engineVersion" TEXT,
    "simulated" BOOLEAN NOT NULL DEFAULT false,
    "epoch" INTEGER NOT NULL DEFAULT 0,
    "processStartedAt" TIMESTAMPTZ(3),
    "cordoned" BOOLEAN NOT NULL DEFAULT false,
    "conditions" JSONB NOT NULL DEFAULT '[]',
    "lastSeenAt" TIMESTAMPTZ(3),
    "generation" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Node_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Adapter" (
    "id" TEXT NOT NULL,
    "tenantId" TEXT NOT NULL,
    "poolId" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "isDefault" BOOLEAN NOT NULL DEFAULT false,
    "generation" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Adapter_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "AdapterVersion" (
    "id" TEXT NOT NULL,
    "tenantId" TEXT NOT NULL,
    "adapterId" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "state" "VersionState" NOT NULL DEFAULT 'draft',
    "digest" TEXT,
    "loraName" TEXT,
    "storePath" TEXT,
    "sizeBytes" BIGINT NOT NULL DEFAULT 0,
    "rank" INTEGER,
    "alpha" DOUBLE PRECISION,
    "rsLora" BOOLEAN,
    "targetModules" TEXT[],
    "dtype" TEXT,
    "tensorCount" INTEGER,
    "baseModel" TEXT,
    "architectureChecksum" TEXT,
    "tokenizerChecksum" TEXT,
    "chatTemplateChecksum" TEXT,
    "sequenceLimit" INTEGER,
    "checkReport" JSONB,
    "origin" JSONB NOT NULL,
    "generation" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "AdapterVersion_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "VersionFile" (
    "id" TEXT NOT NULL,
    "tenantId" TEXT NOT NULL,
    "versionId" TEXT NOT NULL,
    "path" TEXT NOT NULL,
    "sizeBytes" BIGINT NOT NULL,
    "receivedBytes" BIGINT NOT NULL DEFAULT 0,
    "sha256" TEXT,
    "receivedAt" TIMESTAMPTZ(3),

    CONSTRAINT "VersionFile_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "VersionRetention" (
    "versionId" TEXT NOT NULL,
    "holder" TEXT NOT NULL,
    "tenantId" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "VersionRetention_pkey" PRIMARY KEY ("versionId","holder")
);

-- CreateTable
CREATE TABLE "Placement" (
    "id" TEXT NOT NULL,
    "tenantId" TEXT NOT NULL,
    "versionId" TEXT NOT NULL,
    "nodeId" TEXT NOT NULL,
    "desire" "PlacementDesire" NOT NULL DEFAULT 'present',
    "generation" INTEGER NOT NULL DEFAULT 1,
    "observedGeneration" INTEGER NOT NULL DEFAULT 0,
    "condition" JSONB,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "nextAttemptAt" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Placement_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Hold" (
    "placementId" TEXT NOT NULL,
    "holder" TEXT NOT NULL,
    "tenantId" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Hold_pkey" PRIMARY KEY ("placementId","holder")
);

-- CreateTable
CREATE TABLE "Registration" (
    "id" TEXT NOT NULL,
    "nodeId" TEXT NOT NULL,
    "loraName" TEXT NOT NULL,
    "tenantId" TEXT,
    "versionId" TEXT,
    "epoch" INTEGER NOT NULL,
    "state" "RegistrationState" NOT NULL DEFAULT 'loaded',
    "probe" JSONB,
    "loadedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "seenAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Registration_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "LoadEvent" (
    "id" TEXT NOT NULL,
    "nodeId" TEXT NOT NULL,
    "tenantId" TEXT,
    "versionId" TEXT,
    "loraName" TEXT,
    "kind" TEXT NOT NULL,
    "outcome" TEXT NOT NULL,
    "durationMs" INTEGER,
    "message" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "LoadEvent_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "EvalSuite" (
    "id" TEXT NOT NULL,
    "tenantId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "revision" INTEGER NOT NULL DEFAULT 1,
    "seed" TEXT,
    "hash" TEXT NOT NULL,
    "caseCount" INTEGER NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "EvalSuite_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "EvalCase" (
    "id" TEXT NOT NULL,
    "tenantId" TEXT NOT NULL,
    "suiteId" TEXT NOT NULL,
    "ordinal" INTEGER NOT NULL,
    "category" TEXT NOT NULL,
    "messages" JSONB NOT NULL,
    "tools" JSONB NOT NULL,
    "expected" JSONB NOT NULL,

    CONSTRAINT "EvalCase_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "EvalRun" (
    "id" TEXT NOT NULL,
    "tenantId" TEXT NOT NULL,
    "suiteId" TEXT NOT NULL,
    "adapterId" TEXT NOT NULL,
    "candidateVersionId" TEXT NOT NULL,
    "baselineVersionId" TEXT,
    "baselineNodeId" TEXT,
    "state" "RunState" NOT NULL DEFAULT 'queued',
    "message" TEXT,
    "attempt" INTEGER NOT NULL DEFAULT 1,
    "samplesTotal" INTEGER NOT NULL DEFAULT 0,
    "samplesDone" INTEGER NOT NULL DEFAULT 0,
    "conditions" JSONB NOT NULL DEFAULT '{}',
    "requestedBy" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "startedAt" TIMESTAMPTZ(3),
    "finishedAt" TIMESTAMPTZ(3),

    CONSTRAINT "EvalRun_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "EvalSample" (
    "id" TEXT NOT NULL,
    "tenantId" TEXT NOT NULL,
    "runId" TEXT NOT NULL,
    "caseId" TEXT NOT NULL,
    "ordinal" INTEGER NOT NULL,
    "side" "SampleSide" NOT NULL,
    "mode" "DecodingMode" NOT NULL,
    "seed" INTEGER,
    "status" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "detail" JSONB,
    "rawReply" JSONB,
    "finishReason" TEXT,
    "nodeName" TEXT,
    "latencyMs" INTEGER,
    "attempts" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "EvalSample_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Verdict" (
    "id" TEXT NOT NULL,
    "tenantId" TEXT NOT NULL,
    "runId" TEXT NOT NULL,
    "versionId" TEXT NOT NULL,
    "outcome" "VerdictOutcome" NOT NULL,
    "modes" JSONB NOT NULL,
    "reasons" JSONB NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Verdict_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Route" (
    "id" TEXT NOT NULL,
    "tenantId" TEXT NOT NULL,
    "adapterId" TEXT NOT NULL,
    "liveVersionId" TEXT,
    "previousVersionId" TEXT,
    "liveSince" TIMESTAMPTZ(3),
    "generation" INTEGER NOT NULL DEFAULT 1,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Route_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Cutover" (
    "id" TEXT NOT NULL,
    "tenantId" TEXT NOT NULL,
    "adapterId" TEXT NOT NULL,
    "fromVersionId" TEXT,
    "toVersionId" TEXT NOT NULL,
    "verdictId" TEXT,
    "overrideReason" TEXT,
    "phase" "CutoverPhase" NOT NULL DEFAULT 'pending',
    "message" TEXT,
    "history" JSONB NOT NULL DEFAULT '[]',
    "requestedBy" TEXT NOT NULL,
    "generation" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,
    "finishedAt" TIMESTAMPTZ(3),

    CONSTRAINT "Cutover_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Scrape" (
    "id" BIGSERIAL NOT NULL,
    "nodeId" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "ok" BOOLEAN NOT NULL,
    "epoch" INTEGER NOT NULL,
    "simulated" BOOLEAN NOT NULL,
    "error" TEXT,
    "samples" JSONB,

    CONSTRAINT "Scrape_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Rollup" (
    "nodeId" TEXT NOT NULL,
    "stepSeconds" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "scrapes" INTEGER NOT NULL,
    "simulated" BOOLEAN NOT NULL,
    "data" JSONB NOT NULL,

    CONSTRAINT "Rollup_pkey" PRIMARY KEY ("nodeId","stepSeconds","at")
);

-- CreateTable
CREATE TABLE "RequestTrace" (
    "id" TEXT NOT NULL,
    "tenantId" TEXT,
    "adapterId" TEXT,
    "versionId" TEXT,
    "nodeId" TEXT,
    "loraName" TEXT,
    "kind" "TrafficKind" NOT NULL,
    "via" "Via",
    "path" TEXT NOT NULL,
    "status" INTEGER NOT NULL,
    "reason" TEXT,
    "stream" BOOLEAN NOT NULL DEFAULT false,
    "simulated" BOOLEAN NOT NULL DEFAULT false,
    "arrivedAt" TIMESTAMPTZ(3) NOT NULL,
    "dispatchedAt" TIMESTAMPTZ(3),
    "firstByteAt" TIMESTAMPTZ(3),
    "endedAt" TIMESTAMPTZ(3) NOT NULL,
    "promptTokens" INTEGER,
    "completionTokens" INTEGER,

    CONSTRAINT "RequestTrace_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Annotation" (
    "id" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "kind" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "tenantId" TEXT,
    "nodeId" TEXT,
    "ref" JSONB,

    CONSTRAINT "Annotation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Setting" (
    "key" TEXT NOT NULL,
    "value" JSONB NOT NULL,
    "generation" INTEGER NOT NULL DEFAULT 1,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Setting_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "AuditEntry" (
    "id" TEXT NOT NULL,
    "chain" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "tenantId" TEXT,
    "actor" JSONB NOT NULL,
    "action" TEXT NOT NULL,
    "objectType" TEXT NOT NULL,
    "objectId" TEXT NOT NULL,
    "before" JSONB,
    "after" JSONB,
    "reason" TEXT,
    "requestId" TEXT NOT NULL,
    "prevHash" TEXT NOT NULL,
    "hash" TEXT NOT NULL,

    CONSTRAINT "AuditEntry_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "AuditChain" (
    "chain" TEXT NOT NULL,
    "seq" INTEGER NOT NULL DEFAULT 0,
    "hash" TEXT NOT NULL,

    CONSTRAINT "AuditChain_pkey" PRIMARY KEY ("chain")
);

-- CreateTable
CREATE TABLE "IdempotencyKey" (
    "actorKey" TEXT NOT NULL,
    "tenantId" TEXT,
    "key" TEXT NOT NULL,
    "operation" TEXT NOT NULL,
    "requestHash" TEXT NOT NULL,
    "status" INTEGER NOT NULL,
    "response" JSONB,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "IdempotencyKey_pkey" PRIMARY KEY ("actorKey","key")
);

-- CreateTable
CREATE TABLE "Lease" (
    "name" TEXT NOT NULL,
    "holder" TEXT NOT NULL,
    "term" BIGINT NOT NULL DEFAULT 1,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "lastRunAt" TIMESTAMPTZ(3),
    "lastError" TEXT,

    CONSTRAINT "Lease_pkey" PRIMARY KEY ("name")
);

-- CreateIndex
CREATE UNIQUE INDEX "Tenant_slug_key" ON "Tenant"("slug");

-- CreateIndex
CREATE UNIQUE INDEX "User_email_key" ON "User"("email");

-- CreateIndex
CREATE INDEX "Membership_tenantId_idx" ON "Membership"("tenantId");

-- CreateIndex
CREATE UNIQUE INDEX "Membership_userId_tenantId_key" ON "Membership"("userId", "tenantId");

-- CreateIndex
CREATE INDEX "Session_userId_idx" ON "Session"("userId");

-- CreateIndex
CREATE INDEX "SignInAttempt_subject_at_idx" ON "SignInAttempt"("subject", "at");

-- CreateIndex
CREATE UNIQUE INDEX "ApiKey_prefix_key" ON "ApiKey"("prefix");

-- CreateIndex
CREATE INDEX "ApiKey_tenantId_idx" ON "ApiKey"("tenantId");

-- CreateIndex
CREATE UNIQUE INDEX "Pool_slug_key" ON "Pool"("slug");

-- CreateIndex
CREATE UNIQUE INDEX "Node_name_key" ON "Node"("name");

-- CreateIndex
CREATE UNIQUE INDEX "Node_baseUrl_key" ON "Node"("baseUrl");

-- CreateIndex
CREATE INDEX "Node_poolId_idx" ON "Node"("poolId");

-- CreateIndex
CREATE INDEX "Adapter_poolId_idx" ON "Adapter"("poolId");

-- CreateIndex
CREATE UNIQUE INDEX "Adapter_tenantId_slug_key" ON "Adapter"("tenantId", "slug");

-- CreateIndex
CREATE UNIQUE INDEX "AdapterVersion_loraName_key" ON "AdapterVersion"("loraName");

-- CreateIndex
CREATE INDEX "AdapterVersion_tenantId_state_idx" ON "AdapterVersion"("tenantId", "state");

-- CreateIndex
CREATE UNIQUE INDEX "AdapterVersion_adapterId_number_key" ON "AdapterVersion"("adapterId", "number");

-- CreateIndex
CREATE UNIQUE INDEX "VersionFile_versionId_path_key" ON "VersionFile"("versionId", "path");

-- CreateIndex
CREATE INDEX "Placement_nodeId_idx" ON "Placement"("nodeId");

-- CreateIndex
CREATE UNIQUE INDEX "Placement_versionId_nodeId_key" ON "Placement"("versionId", "nodeId");

-- CreateIndex
CREATE INDEX "Registration_versionId_idx" ON "Registration"("versionId");

-- CreateIndex
CREATE UNIQUE INDEX "Registration_nodeId_loraName_key" ON "Registration"("nodeId", "loraName");

-- CreateIndex
CREATE INDEX "LoadEvent_nodeId_at_idx" ON "LoadEvent"("nodeId", "at");

-- CreateIndex
CREATE INDEX "LoadEvent_versionId_at_idx" ON "LoadEvent"("versionId", "at");

-- CreateIndex
CREATE UNIQUE INDEX "EvalSuite_tenantId_name_revision_key" ON "EvalSuite"("tenantId", "name", "revision");

-- CreateIndex
CREATE UNIQUE INDEX "EvalCase_suiteId_ordinal_key" ON "EvalCase"("suiteId", "ordinal");

-- CreateIndex
CREATE INDEX "EvalRun_tenantId_createdAt_idx" ON "EvalRun"("tenantId", "createdAt");

-- CreateIndex
CREATE INDEX "EvalRun_candidateVersionId_idx" ON "EvalRun"("candidateVersionId");

-- CreateIndex
CREATE INDEX "EvalRun_state_idx" ON "EvalRun"("state");

-- CreateIndex
CREATE UNIQUE INDEX "EvalSample_runId_ordinal_side_mode_key" ON "EvalSample"("runId", "ordinal", "side", "mode");

-- CreateIndex
CREATE UNIQUE INDEX "Verdict_runId_key" ON "Verdict"("runId");

-- CreateIndex
CREATE INDEX "Verdict_versionId_idx" ON "Verdict"("versionId");

-- CreateIndex
CREATE UNIQUE INDEX "Route_adapterId_key" ON "Route"("adapterId");

-- CreateIndex
CREATE INDEX "Route_tenantId_idx" ON "Route"("tenantId");

-- CreateIndex
CREATE INDEX "Cutover_tenantId_createdAt_idx" ON "Cutover"("tenantId", "createdAt");

-- CreateIndex
CREATE INDEX "Cutover_phase_idx" ON "Cutover"("phase");

-- CreateIndex
CREATE INDEX "Scrape_nodeId_at_idx" ON "Scrape"("nodeId", "at");

-- CreateIndex
CREATE INDEX "Scrape_at_idx" ON "Scrape"("at");

-- CreateIndex
CREATE INDEX "Rollup_stepSeconds_at_idx" ON "Rollup"("stepSeconds", "at");

-- CreateIndex
CREATE INDEX "RequestTrace_tenantId_arrivedAt_idx" ON "RequestTrace"("tenantId", "arrivedAt");

-- CreateIndex
CREATE INDEX "RequestTrace_arrivedAt_idx" ON "RequestTrace"("arrivedAt");

-- CreateIndex
CREATE INDEX "RequestTrace_nodeId_arrivedAt_idx" ON "RequestTrace"("nodeId", "arrivedAt");

-- CreateIndex
CREATE INDEX "Annotation_at_idx" ON "Annotation"("at");

-- CreateIndex
CREATE INDEX "Annotation_tenantId_at_idx" ON "Annotation"("tenantId", "at");

-- CreateIndex
CREATE INDEX "AuditEntry_tenantId_at_idx" ON "AuditEntry"("tenantId", "at");

-- CreateIndex
CREATE INDEX "AuditEntry_at_idx" ON "AuditEntry"("at");

-- CreateIndex
CREATE UNIQUE INDEX "AuditEntry_chain_seq_key" ON "AuditEntry"("chain", "seq");

-- CreateIndex
CREATE INDEX "IdempotencyKey_createdAt_idx" ON "IdempotencyKey"("createdAt");

-- AddForeignKey
ALTER TABLE "Membership" ADD CONSTRAINT "Membership_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Membership" ADD CONSTRAINT "Membership_tenantId_fkey" FOREIGN KEY ("tenantId") REFERENCES "Tenant"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Session" ADD CONSTRAINT "Session_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ApiKey" ADD CONSTRAINT "ApiKey_tenantId_fkey" FOREIGN KEY ("tenantId") REFERENCES "Tenant"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Node" ADD CONSTRAINT "Node_poolId_fkey" FOREIGN KEY ("poolId") REFERENCES "Pool"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Adapter" ADD CONSTRAINT "Adapter_tenantId_fkey" FOREIGN KEY ("tenantId") REFERENCES "Tenant"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Adapter" ADD CONSTRAINT "Adapter_poolId_fkey" FOREIGN KEY ("poolId") REFERENCES "Pool"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "AdapterVersion" ADD CONSTRAINT "AdapterVersion_tenantId_fkey" FOREIGN KEY ("tenantId") REFERENCES "Tenant"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "AdapterVersion" ADD CONSTRAINT "AdapterVersion_adapterId_fkey" FOREIGN KEY ("adapterId") REFERENCES "Adapter"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "VersionFile" ADD CONSTRAINT "VersionFile_versionId_fkey" FOREIGN KEY ("versionId") REFERENCES "AdapterVersion"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Placement" ADD CONSTRAINT "Placement_versionId_fkey" FOREIGN KEY ("versionId") REFERENCES "AdapterVersion"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Placement" ADD CONSTRAINT "Placement_nodeId_fkey" FOREIGN KEY ("nodeId") REFERENCES "Node"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Hold" ADD CONSTRAINT "Hold_placementId_fkey" FOREIGN KEY ("placementId") REFERENCES "Placement"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Registration" ADD CONSTRAINT "Registration_nodeId_fkey" FOREIGN KEY ("nodeId") REFERENCES "Node"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Registration" ADD CONSTRAINT "Registration_versionId_fkey" FOREIGN KEY ("versionId") REFERENCES "AdapterVersion"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "EvalSuite" ADD CONSTRAINT "EvalSuite_tenantId_fkey" FOREIGN KEY ("tenantId") REFERENCES "Tenant"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "EvalCase" ADD CONSTRAINT "EvalCase_suiteId_fkey" FOREIGN KEY ("suiteId") REFERENCES "EvalSuite"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "EvalRun" ADD CONSTRAINT "EvalRun_suiteId_fkey" FOREIGN KEY ("suiteId") REFERENCES "EvalSuite"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "EvalSample" ADD CONSTRAINT "EvalSample_runId_fkey" FOREIGN KEY ("runId") REFERENCES "EvalRun"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Verdict" ADD CONSTRAINT "Verdict_runId_fkey" FOREIGN KEY ("runId") REFERENCES "EvalRun"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Route" ADD CONSTRAINT "Route_adapterId_fkey" FOREIGN KEY ("adapterId") REFERENCES "Adapter"("id") ON DELETE CASCADE ON UPDATE CASCADE;
