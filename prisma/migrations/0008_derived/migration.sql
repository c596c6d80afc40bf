-- Evictions and swaps of nodes as they follow from requests and loads, and how far each node was followed.

-- AlterTable
ALTER TABLE "Node" ADD COLUMN     "beganEmptyAt" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "DerivedRollup" (
    "nodeId" TEXT NOT NULL,
    "stepSeconds" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "seconds" INTEGER NOT NULL,
    "evictionsGpu" INTEGER NOT NULL,
    "evictionsCpu" INTEGER NOT NULL,
    "swapsGpu" INTEGER NOT NULL,
    "swapsCpu" INTEGER NOT NULL,
    "swapsDisk" INTEGER NOT NULL,
    "adaptersPeak" INTEGER NOT NULL,
    "doubt" TEXT,
    "counted" INTEGER,
    "ours" INTEGER,
    "simulated" BOOLEAN NOT NULL,

    CONSTRAINT "DerivedRollup_pkey" PRIMARY KEY ("nodeId","stepSeconds","at")
);

-- CreateTable
CREATE TABLE "DerivedCheckpoint" (
    "nodeId" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "state" JSONB NOT NULL,

    CONSTRAINT "DerivedCheckpoint_pkey" PRIMARY KEY ("nodeId")
);

-- CreateIndex
CREATE INDEX "DerivedRollup_stepSeconds_at_idx" ON "DerivedRollup"("stepSeconds", "at");

-- Row-level security as in 0002. Customers see no nodes: the tenant role is granted nothing.
DO $$
DECLARE
  scoped text;
BEGIN
  FOREACH scoped IN ARRAY ARRAY['DerivedRollup', 'DerivedCheckpoint'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', scoped);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', scoped);
    EXECUTE format('CREATE POLICY platform ON %I TO switchyard_platform USING (true) WITH CHECK (true)', scoped);
  END LOOP;
END $$;
