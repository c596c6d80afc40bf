-- Where weights lay, as intervals. The rows that last and were measured replace the table "Residency".

ALTER TYPE "ResidencyTier" ADD VALUE 'unknown';
CREATE TYPE "ResidencySource" AS ENUM ('measured', 'derived', 'inferred');
CREATE TYPE "ResidencyEnd" AS ENUM ('evicted', 'promoted', 'restart', 'unknown');

-- nodes are followed anew, from two hours back: the checkpoints of before lack what the intervals need
TRUNCATE "DerivedCheckpoint";
ALTER TABLE "DerivedCheckpoint" ADD COLUMN "followedTo" TIMESTAMPTZ(3) NOT NULL;

CREATE TABLE "residency_interval" (
    "nodeId" TEXT NOT NULL,
    "loraName" TEXT NOT NULL,
    "tier" "ResidencyTier" NOT NULL,
    "epoch" INTEGER NOT NULL,
    "source" "ResidencySource" NOT NULL,
    "startedAt" TIMESTAMPTZ(3) NOT NULL,
    "endedAt" TIMESTAMPTZ(3),
    "endReason" "ResidencyEnd",

    CONSTRAINT "residency_interval_pkey" PRIMARY KEY ("nodeId", "loraName", "startedAt", "source")
);
CREATE INDEX "residency_interval_nodeId_endedAt_idx" ON "residency_interval"("nodeId", "endedAt");
CREATE INDEX "residency_interval_endedAt_idx" ON "residency_interval"("endedAt");
ALTER TABLE "residency_interval" ADD CONSTRAINT "residency_interval_nodeId_fkey"
    FOREIGN KEY ("nodeId") REFERENCES "Node"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- the owner reads the rows that it moves
ALTER TABLE "Residency" NO FORCE ROW LEVEL SECURITY;
INSERT INTO "residency_interval" ("nodeId", "loraName", "tier", "epoch", "source", "startedAt")
SELECT "nodeId", "loraName", "tier", "epoch", 'measured', "since" FROM "Residency" WHERE "tier" <> 'absent';
DROP TABLE "Residency";

ALTER TABLE "residency_interval" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "residency_interval" FORCE ROW LEVEL SECURITY;
CREATE POLICY platform ON "residency_interval" TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY reporting ON "residency_interval" FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY reporting ON "DerivedCheckpoint" FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY reporting ON metrics.node_look FOR SELECT TO CURRENT_USER USING (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON "residency_interval" TO switchyard_platform;

CREATE VIEW reporting.residency_interval AS
SELECT n."name" AS node, p."name" AS pool, i."nodeId" AS node_id, i."epoch" AS epoch,
  NULLIF(i."loraName", '') AS lora_name, t."slug" AS tenant, a."slug" AS adapter, v."number" AS version,
  i."tier"::text AS tier, i."source"::text AS source, i."startedAt" AS started_at, i."endedAt" AS ended_at,
  CASE WHEN i."endedAt" IS NOT NULL THEN i."endedAt" WHEN i."source" = 'measured' THEN l.at ELSE c."followedTo" END AS known_until,
  i."endReason"::text AS end_reason, n."simulated" AS simulated
FROM "residency_interval" i
JOIN "Node" n ON n."id" = i."nodeId"
JOIN "Pool" p ON p."id" = n."poolId"
LEFT JOIN "AdapterVersion" v ON v."loraName" = i."loraName"
LEFT JOIN "Adapter" a ON a."id" = v."adapterId"
LEFT JOIN "Tenant" t ON t."id" = v."tenantId"
LEFT JOIN "DerivedCheckpoint" c ON c."nodeId" = i."nodeId"
LEFT JOIN metrics.node_look l ON l.node_id = i."nodeId"
WHERE i."tier" <> 'absent';

COMMENT ON VIEW reporting.residency_interval IS 'From when to when the weights of a version were in a tier of a node. A node that measures has two sets of rows: use source = ''measured'', or source <> ''measured'' for what follows from our own requests and loads. Kept 31 days after the end.';
COMMENT ON COLUMN reporting.residency_interval.lora_name IS 'NULL (tier unknown) = any adapter without a row of its own may have been on the node.';
COMMENT ON COLUMN reporting.residency_interval.tier IS 'gpu = in a GPU slot; cpu = only in the CPU cache; unknown = it may have been in either.';
COMMENT ON COLUMN reporting.residency_interval.source IS 'measured = the node reported it; derived = it follows from our own requests and loads; inferred = the same, but it may be off.';
COMMENT ON COLUMN reporting.residency_interval.epoch IS 'The engine process: it grows by 1 with each restart of the node.';
COMMENT ON COLUMN reporting.residency_interval.ended_at IS 'NULL = it lasted at known_until.';
COMMENT ON COLUMN reporting.residency_interval.known_until IS 'The end, or the last moment at which it is known to have lasted.';
COMMENT ON COLUMN reporting.residency_interval.end_reason IS 'evicted = others took its place; promoted = it moved from the CPU cache to a GPU slot; restart; unknown = nobody saw the node any more.';
