-- Workers say that they are there and what their loops do, and what a dead man's switch is told.

-- CreateTable
CREATE TABLE "WorkerInstance" (
    "id" TEXT NOT NULL,
    "startedAt" TIMESTAMPTZ(3) NOT NULL,
    "seenAt" TIMESTAMPTZ(3) NOT NULL,
    "report" JSONB NOT NULL,

    CONSTRAINT "WorkerInstance_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "DeadManSwitch" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "host" TEXT NOT NULL,
    "sealedUrl" TEXT NOT NULL,
    "everySeconds" INTEGER NOT NULL,
    "lastBeatAt" TIMESTAMPTZ(3),
    "heldBackAt" TIMESTAMPTZ(3),
    "heldBackBecause" TEXT,
    "lastError" TEXT,
    "generation" INTEGER NOT NULL DEFAULT 1,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "DeadManSwitch_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "WorkerInstance_seenAt_idx" ON "WorkerInstance"("seenAt");

-- Row-level security as in 0002. What Switchyard says of itself is the platform's: the tenant role is granted nothing.
DO $$
DECLARE
  scoped text;
BEGIN
  FOREACH scoped IN ARRAY ARRAY['WorkerInstance', 'DeadManSwitch'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', scoped);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', scoped);
    EXECUTE format('CREATE POLICY platform ON %I TO switchyard_platform USING (true) WITH CHECK (true)', scoped);
  END LOOP;
END $$;
