-- Many cutovers as one thing: so many at a time, until so many have failed. The platform's own: customers read their
-- cutovers, and nothing of the batch that started them.

-- CreateEnum
CREATE TYPE "BatchState" AS ENUM ('running', 'paused', 'stopped', 'completed');

-- CreateEnum
CREATE TYPE "BatchStop" AS ENUM ('failures', 'hand', 'rights');

-- CreateEnum
CREATE TYPE "BatchRowState" AS ENUM ('waiting', 'running', 'completed', 'failed', 'skipped');

-- CreateTable
CREATE TABLE "CutoverBatch" (
    "id" TEXT NOT NULL,
    "state" "BatchState" NOT NULL DEFAULT 'running',
    "stoppedBy" "BatchStop",
    "atOnce" INTEGER NOT NULL,
    "stopAfterFailures" INTEGER NOT NULL,
    "failuresForgiven" INTEGER NOT NULL DEFAULT 0,
    "plan" JSONB,
    "overrideReason" TEXT,
    "startedBy" JSONB NOT NULL,
    "requestedBy" TEXT NOT NULL,
    "message" TEXT,
    "history" JSONB NOT NULL DEFAULT '[]',
    "generation" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finishedAt" TIMESTAMPTZ(3),

    CONSTRAINT "CutoverBatch_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "CutoverBatchRow" (
    "batchId" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "tenantId" TEXT NOT NULL,
    "adapterId" TEXT NOT NULL,
    "toVersionId" TEXT NOT NULL,
    "label" TEXT NOT NULL,
    "state" "BatchRowState" NOT NULL DEFAULT 'waiting',
    "cutoverId" TEXT,
    "code" TEXT,
    "reason" TEXT,
    "fix" TEXT,
    "startedAt" TIMESTAMPTZ(3),
    "endedAt" TIMESTAMPTZ(3),

    CONSTRAINT "CutoverBatchRow_pkey" PRIMARY KEY ("batchId","position")
);

-- CreateIndex
CREATE INDEX "CutoverBatch_state_idx" ON "CutoverBatch"("state");

-- CreateIndex
CREATE UNIQUE INDEX "CutoverBatchRow_cutoverId_key" ON "CutoverBatchRow"("cutoverId");

-- CreateIndex
CREATE UNIQUE INDEX "CutoverBatchRow_batchId_adapterId_key" ON "CutoverBatchRow"("batchId", "adapterId");

-- CreateIndex
CREATE INDEX "CutoverBatchRow_adapterId_state_idx" ON "CutoverBatchRow"("adapterId", "state");

-- AddForeignKey
ALTER TABLE "CutoverBatchRow" ADD CONSTRAINT "CutoverBatchRow_batchId_fkey" FOREIGN KEY ("batchId") REFERENCES "CutoverBatch"("id") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE TRIGGER work_changed AFTER INSERT OR UPDATE OF "state" ON "CutoverBatch" FOR EACH STATEMENT EXECUTE FUNCTION notify_work();
