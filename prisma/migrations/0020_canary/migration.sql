-- A cutover that goes step by step: its plan, where it stands, what holds it, and what its guard goes by. And what the
-- gateway notes of a request while a cutover looks at its route: never what was said, only whether it was well formed.

-- AlterTable
ALTER TABLE "Cutover" ADD COLUMN     "awaitingApproval" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "guard" JSONB,
ADD COLUMN     "guardedAt" TIMESTAMPTZ(3),
ADD COLUMN     "paused" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "plan" JSONB,
ADD COLUMN     "stepAt" TIMESTAMPTZ(3),
ADD COLUMN     "stepIndex" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "track" JSONB,
ADD COLUMN     "weight" INTEGER NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "RequestTrace" ADD COLUMN     "comparison" TEXT,
ADD COLUMN     "failedVersionId" TEXT,
ADD COLUMN     "toolCalls" TEXT;
