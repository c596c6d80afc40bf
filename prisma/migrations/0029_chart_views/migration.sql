-- What somebody on call wants to look at again, by a name that all staff see.

-- CreateTable
CREATE TABLE "ChartView" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "search" TEXT NOT NULL,
    "savedBy" TEXT NOT NULL,
    "savedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "ChartView_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "ChartView_name_key" ON "ChartView"("name");

-- Row-level security as in 0002. It names tenants and nodes: the tenant role is granted nothing.
ALTER TABLE "ChartView" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "ChartView" FORCE ROW LEVEL SECURITY;
CREATE POLICY platform ON "ChartView" TO switchyard_platform USING (true) WITH CHECK (true);
