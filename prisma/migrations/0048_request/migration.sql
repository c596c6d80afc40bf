-- One row a request, without its content, partitioned by day: what is past its time goes by dropping a table. It takes the place
-- of "RequestTrace", of which nothing was released.

DROP TABLE "RequestTrace";

CREATE TABLE request (
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
    "keyId" TEXT,
    "nodeEpoch" INTEGER,
    "endpointId" TEXT,
    "queuedMs" INTEGER,
    "heldMs" INTEGER,
    "expectedTier" TEXT,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "fallbackReason" TEXT,
    "failedVersionId" TEXT,
    "toolCalls" TEXT,
    "comparison" TEXT,

    CONSTRAINT "request_pkey" PRIMARY KEY ("id","arrivedAt")
) PARTITION BY RANGE ("arrivedAt");
CREATE INDEX "request_tenantId_arrivedAt_idx" ON request("tenantId", "arrivedAt");
CREATE INDEX "request_arrivedAt_idx" ON request("arrivedAt");
CREATE INDEX "request_nodeId_arrivedAt_idx" ON request("nodeId", "arrivedAt");

-- Row-level security as in 0002: a customer reads their own.
ALTER TABLE request ENABLE ROW LEVEL SECURITY;
ALTER TABLE request FORCE ROW LEVEL SECURITY;
CREATE POLICY platform ON request TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY tenant ON request TO switchyard_tenant USING ("tenantId" = switchyard_tenant_id()) WITH CHECK (false);
GRANT SELECT ON request TO switchyard_tenant;

SELECT keep_partitions('request', 'day', now(), interval '31 days');
