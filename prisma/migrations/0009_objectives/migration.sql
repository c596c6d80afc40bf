-- What customers are promised, and how much of it was kept.

-- CreateEnum
CREATE TYPE "ObjectiveKind" AS ENUM ('latency_p95', 'ttft_p95', 'availability', 'fallback_share');

-- CreateEnum
CREATE TYPE "ObjectiveStatus" AS ENUM ('proposed', 'accepted', 'dismissed');

-- CreateEnum
CREATE TYPE "ObjectiveVisibility" AS ENUM ('staff', 'customer');

-- CreateTable
CREATE TABLE "Objective" (
    "id" TEXT NOT NULL,
    "tenantId" TEXT,
    "poolId" TEXT,
    "kind" "ObjectiveKind" NOT NULL,
    "target" DOUBLE PRECISION NOT NULL,
    "windowDays" INTEGER NOT NULL,
    "visibility" "ObjectiveVisibility" NOT NULL DEFAULT 'staff',
    "status" "ObjectiveStatus" NOT NULL,
    "basis" JSONB,
    "decidedBy" TEXT,
    "decidedAt" TIMESTAMPTZ(3),
    "countedTo" TIMESTAMPTZ(3),
    "generation" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Objective_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ObjectiveCount" (
    "objectiveId" TEXT NOT NULL,
    "stepSeconds" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "good" INTEGER NOT NULL,
    "total" INTEGER NOT NULL,
    "simulated" BOOLEAN NOT NULL,

    CONSTRAINT "ObjectiveCount_pkey" PRIMARY KEY ("objectiveId","stepSeconds","at")
);

-- CreateIndex
CREATE UNIQUE INDEX "Objective_tenantId_kind_key" ON "Objective"("tenantId", "kind");

-- CreateIndex
CREATE UNIQUE INDEX "Objective_poolId_kind_key" ON "Objective"("poolId", "kind");

-- AddForeignKey
ALTER TABLE "Objective" ADD CONSTRAINT "Objective_tenantId_fkey" FOREIGN KEY ("tenantId") REFERENCES "Tenant"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Objective" ADD CONSTRAINT "Objective_poolId_fkey" FOREIGN KEY ("poolId") REFERENCES "Pool"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ObjectiveCount" ADD CONSTRAINT "ObjectiveCount_objectiveId_fkey" FOREIGN KEY ("objectiveId") REFERENCES "Objective"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Row-level security as in 0002. A customer reads the objectives that are shown to them, and what was counted for those.
DO $$
DECLARE
  scoped text;
BEGIN
  FOREACH scoped IN ARRAY ARRAY['Objective', 'ObjectiveCount'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', scoped);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', scoped);
    EXECUTE format('CREATE POLICY platform ON %I TO switchyard_platform USING (true) WITH CHECK (true)', scoped);
  END LOOP;
END $$;
CREATE POLICY tenant ON "Objective" TO switchyard_tenant
  USING ("tenantId" = switchyard_tenant_id() AND "status" = 'accepted' AND "visibility" = 'customer')
  WITH CHECK (false);
CREATE POLICY tenant ON "ObjectiveCount" TO switchyard_tenant
  USING (EXISTS (SELECT 1 FROM "Objective" WHERE "Objective"."id" = "ObjectiveCount"."objectiveId"))
  WITH CHECK (false);
GRANT SELECT ("id", "tenantId", "poolId", "kind", "target", "windowDays", "visibility", "status", "countedTo", "generation",
  "createdAt") ON "Objective" TO switchyard_tenant;
GRANT SELECT ON "ObjectiveCount" TO switchyard_tenant;
