-- Customers' requests of hours that are over, packed for charts: each figure of all requests of a tenant and hour is one
-- value. "RequestTrace" stays what is true; an hour goes when one more request of it is told of, and is packed again.

-- CreateTable
CREATE TABLE "TraceHour" (
    "at" TIMESTAMPTZ(3) NOT NULL,
    "packedAt" TIMESTAMPTZ(3) NOT NULL,
    "settled" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "TraceHour_pkey" PRIMARY KEY ("at")
);

-- CreateTable
CREATE TABLE "TracePack" (
    "tenantId" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "requests" INTEGER NOT NULL,
    "answered" INTEGER NOT NULL,
    "failed" INTEGER NOT NULL,
    "fellBack" INTEGER NOT NULL,
    "promptTokens" DOUBLE PRECISION NOT NULL,
    "completionTokens" DOUBLE PRECISION NOT NULL,
    "simulated" BOOLEAN NOT NULL,
    "lastAt" TIMESTAMPTZ(3) NOT NULL,
    "adapters" TEXT[],
    "nodes" TEXT[],
    "minutes" BYTEA NOT NULL,
    "outcome" BYTEA NOT NULL,
    "adapter" BYTEA NOT NULL,
    "node" BYTEA NOT NULL,
    "whole" BYTEA NOT NULL,
    "firstByte" BYTEA NOT NULL,
    "perToken" BYTEA NOT NULL,
    "prompt" BYTEA NOT NULL,
    "completion" BYTEA NOT NULL,

    CONSTRAINT "TracePack_pkey" PRIMARY KEY ("tenantId", "at")
);

-- CreateIndex
CREATE INDEX "TracePack_at_idx" ON "TracePack"("at");

-- Row-level security as in 0002. A customer reads the packs of their own requests; which hours are packed tells of nobody.
ALTER TABLE "TracePack" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "TracePack" FORCE ROW LEVEL SECURITY;
CREATE POLICY platform ON "TracePack" TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY tenant ON "TracePack" TO switchyard_tenant USING ("tenantId" = switchyard_tenant_id()) WITH CHECK ("tenantId" = switchyard_tenant_id());
ALTER TABLE "TraceHour" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "TraceHour" FORCE ROW LEVEL SECURITY;
CREATE POLICY platform ON "TraceHour" TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY tenant ON "TraceHour" TO switchyard_tenant USING (true) WITH CHECK (false);
GRANT SELECT ON "TracePack", "TraceHour" TO switchyard_tenant;
