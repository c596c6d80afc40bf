-- Requests that a customer lets us keep for tests: its consent, and what was kept, redacted before it is stored.

-- CreateTable
CREATE TABLE "Recording" (
    "id" TEXT NOT NULL,
    "tenantId" TEXT NOT NULL,
    "adapterId" TEXT NOT NULL,
    "perCent" INTEGER NOT NULL,
    "most" INTEGER NOT NULL,
    "words" TEXT[],
    "startedBy" TEXT NOT NULL,
    "startedAt" TIMESTAMPTZ(3) NOT NULL,
    "until" TIMESTAMPTZ(3) NOT NULL,
    "endedAt" TIMESTAMPTZ(3),
    "endedBy" TEXT,
    "endReason" TEXT,
    "openFor" TEXT,
    "looked" INTEGER NOT NULL DEFAULT 0,
    "kept" INTEGER NOT NULL DEFAULT 0,
    "repeated" INTEGER NOT NULL DEFAULT 0,
    "unusable" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "Recording_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "RecordedCase" (
    "id" TEXT NOT NULL,
    "recordingId" TEXT NOT NULL,
    "tenantId" TEXT NOT NULL,
    "adapterId" TEXT NOT NULL,
    "versionId" TEXT NOT NULL,
    "askedAt" TIMESTAMPTZ(3) NOT NULL,
    "deleteAt" TIMESTAMPTZ(3) NOT NULL,
    "category" TEXT NOT NULL,
    "prompt" JSON NOT NULL,
    "fingerprint" TEXT NOT NULL,

    CONSTRAINT "RecordedCase_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "Recording_tenantId_idx" ON "Recording"("tenantId");

-- CreateIndex
CREATE INDEX "Recording_adapterId_startedAt_idx" ON "Recording"("adapterId", "startedAt");

-- CreateIndex
CREATE UNIQUE INDEX "Recording_openFor_key" ON "Recording"("openFor");

-- CreateIndex
CREATE INDEX "RecordedCase_adapterId_id_idx" ON "RecordedCase"("adapterId", "id");

-- CreateIndex
CREATE INDEX "RecordedCase_tenantId_idx" ON "RecordedCase"("tenantId");

-- CreateIndex
CREATE INDEX "RecordedCase_deleteAt_idx" ON "RecordedCase"("deleteAt");

-- CreateIndex
CREATE UNIQUE INDEX "RecordedCase_recordingId_fingerprint_key" ON "RecordedCase"("recordingId", "fingerprint");

-- AddForeignKey
ALTER TABLE "Recording" ADD CONSTRAINT "Recording_tenantId_fkey" FOREIGN KEY ("tenantId") REFERENCES "Tenant"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Recording" ADD CONSTRAINT "Recording_adapterId_fkey" FOREIGN KEY ("adapterId") REFERENCES "Adapter"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "RecordedCase" ADD CONSTRAINT "RecordedCase_recordingId_fkey" FOREIGN KEY ("recordingId") REFERENCES "Recording"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "RecordedCase" ADD CONSTRAINT "RecordedCase_tenantId_fkey" FOREIGN KEY ("tenantId") REFERENCES "Tenant"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Row-level security as in 0002, with one difference: nobody but the customer can make a consent. The platform may end it,
-- count what it kept, and take that away.
ALTER TABLE "Recording" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "Recording" FORCE ROW LEVEL SECURITY;
CREATE POLICY platform_reads ON "Recording" FOR SELECT TO switchyard_platform USING (true);
CREATE POLICY platform_ends ON "Recording" FOR UPDATE TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY platform_clears ON "Recording" FOR DELETE TO switchyard_platform USING (true);
CREATE POLICY tenant ON "Recording" TO switchyard_tenant
  USING ("tenantId" = switchyard_tenant_id()) WITH CHECK ("tenantId" = switchyard_tenant_id());
GRANT SELECT, INSERT, UPDATE ("endedAt", "endedBy", "endReason", "openFor") ON "Recording" TO switchyard_tenant;

ALTER TABLE "RecordedCase" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "RecordedCase" FORCE ROW LEVEL SECURITY;
CREATE POLICY platform ON "RecordedCase" TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY tenant ON "RecordedCase" TO switchyard_tenant USING ("tenantId" = switchyard_tenant_id()) WITH CHECK (false);
GRANT SELECT, DELETE ON "RecordedCase" TO switchyard_tenant;

-- Gateways record what the consents in their snapshot allow.
CREATE TRIGGER routing_changed AFTER INSERT OR DELETE OR UPDATE OF "endedAt" ON "Recording" FOR EACH STATEMENT EXECUTE FUNCTION notify_routing();
