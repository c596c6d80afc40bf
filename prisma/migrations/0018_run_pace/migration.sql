-- A run can be paused by hand, and waits by itself while customers' requests wait: fields of a run, not states of it.

-- AlterTable
ALTER TABLE "EvalRun"
    ADD COLUMN "pausedAt" TIMESTAMPTZ(3),
    ADD COLUMN "pausedBy" TEXT,
    ADD COLUMN "yieldingSince" TIMESTAMPTZ(3),
    ADD COLUMN "askingSince" TIMESTAMPTZ(3);
