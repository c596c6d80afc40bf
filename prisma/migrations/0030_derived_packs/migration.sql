-- What followed for a node over 24 steps, each figure as one value: charts of a fleet read these, no longer a row a step.

-- CreateTable
CREATE TABLE "DerivedPack" (
    "stepSeconds" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "nodeId" TEXT NOT NULL,
    "steps" BYTEA NOT NULL,
    "evictionsGpu" BYTEA NOT NULL,
    "evictionsCpu" BYTEA NOT NULL,
    "swapsGpu" BYTEA NOT NULL,
    "swapsCpu" BYTEA NOT NULL,
    "swapsDisk" BYTEA NOT NULL,
    "adaptersPeak" BYTEA NOT NULL,

    CONSTRAINT "DerivedPack_pkey" PRIMARY KEY ("stepSeconds","at","nodeId")
);

-- Row-level security is forced on the owner too, who is let at the rows of before for as long as this takes.
ALTER TABLE "DerivedRollup" NO FORCE ROW LEVEL SECURITY;
INSERT INTO "DerivedPack"
SELECT "stepSeconds", date_bin(24 * "stepSeconds" * interval '1 second', "at", 'epoch'::timestamptz) AS "from", "nodeId",
  string_agg(
    int2send((floor(extract(epoch FROM "at") / "stepSeconds")::int8 % 24)::int2) || int2send("seconds"::int2)
    || int2send((CASE WHEN "simulated" THEN 1 ELSE 0 END
         + 2 * COALESCE(array_position(ARRAY['foreign', 'late', 'start'], "doubt"), 0))::int2), ''::bytea ORDER BY "at"),
  string_agg(int4send("evictionsGpu"), ''::bytea ORDER BY "at"),
  string_agg(int4send("evictionsCpu"), ''::bytea ORDER BY "at"),
  string_agg(int4send("swapsGpu"), ''::bytea ORDER BY "at"),
  string_agg(int4send("swapsCpu"), ''::bytea ORDER BY "at"),
  string_agg(int4send("swapsDisk"), ''::bytea ORDER BY "at"),
  string_agg(int4send("adaptersPeak"), ''::bytea ORDER BY "at")
FROM "DerivedRollup"
GROUP BY 1, 2, 3;
-- older rows were kept for charts alone
DELETE FROM "DerivedRollup" WHERE "at" < now() - interval '3 days';
ALTER TABLE "DerivedRollup" FORCE ROW LEVEL SECURITY;

-- Row-level security as in 0002. Customers see no nodes: the tenant role is granted nothing.
ALTER TABLE "DerivedPack" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "DerivedPack" FORCE ROW LEVEL SECURITY;
CREATE POLICY platform ON "DerivedPack" TO switchyard_platform USING (true) WITH CHECK (true);
