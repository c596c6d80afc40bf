-- A run says which deployment of others it is measured against, as that was when it started, and whether its verdict may
-- open a cutover at all: a comparison with the base model never does. Runs of before were gates.

-- AlterTable
ALTER TABLE "EvalRun" ADD COLUMN     "baselineOrigin" JSONB,
ADD COLUMN     "gates" BOOLEAN NOT NULL DEFAULT true;
