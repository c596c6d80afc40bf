-- What nodes did, in ordinary tables: one row per node and minute, 5 minutes and hour, with a named column per figure.
-- Replaces the packed rows of schema "series" (0006, 0012, 0015), which only our own code could read, and the packed and
-- unpacked rows of what is derived (0030). Nothing was released: what they held goes with them.
DROP SCHEMA series CASCADE;
DROP TABLE "Rollup", "DerivedRollup", "DerivedPack";

CREATE SCHEMA metrics;

-- Upper bounds of the buckets of histograms; "id" is the beginning of the SHA-256 of the bounds as JSON.
CREATE TABLE metrics.histogram_bounds (
    id TEXT PRIMARY KEY,
    upper_bounds DOUBLE PRECISION[] NOT NULL
);

-- NULL = the node did not say. Counters and histograms are increases over the step; "seconds" is how much of it they cover.
CREATE TABLE metrics.node_minute (
    node_id TEXT NOT NULL,
    at TIMESTAMPTZ(3) NOT NULL,
    looks INTEGER NOT NULL,
    seconds DOUBLE PRECISION NOT NULL,
    simulated BOOLEAN NOT NULL,
    requests DOUBLE PRECISION,
    prompt_tokens DOUBLE PRECISION,
    generation_tokens DOUBLE PRECISION,
    preemptions DOUBLE PRECISION,
    prefix_cache_queries DOUBLE PRECISION,
    prefix_cache_hits DOUBLE PRECISION,
    lookups_gpu DOUBLE PRECISION,
    lookups_cpu DOUBLE PRECISION,
    hits_gpu DOUBLE PRECISION,
    hits_cpu DOUBLE PRECISION,
    running_mean DOUBLE PRECISION,
    running_max DOUBLE PRECISION,
    waiting_mean DOUBLE PRECISION,
    waiting_max DOUBLE PRECISION,
    deferred_mean DOUBLE PRECISION,
    deferred_max DOUBLE PRECISION,
    slots_gpu_mean DOUBLE PRECISION,
    slots_gpu_max DOUBLE PRECISION,
    slots_cpu_mean DOUBLE PRECISION,
    slots_cpu_max DOUBLE PRECISION,
    kv_cache_usage_mean DOUBLE PRECISION,
    kv_cache_usage_max DOUBLE PRECISION,
    adapters_in_use_mean DOUBLE PRECISION,
    adapters_in_use_max DOUBLE PRECISION,
    resident_gpu_mean DOUBLE PRECISION,
    resident_gpu_max DOUBLE PRECISION,
    resident_cpu_mean DOUBLE PRECISION,
    resident_cpu_max DOUBLE PRECISION,
    latency_seconds DOUBLE PRECISION[],
    latency_seconds_bounds TEXT,
    ttft_seconds DOUBLE PRECISION[],
    ttft_seconds_bounds TEXT,
    inter_token_seconds DOUBLE PRECISION[],
    inter_token_seconds_bounds TEXT,
    queue_seconds DOUBLE PRECISION[],
    queue_seconds_bounds TEXT,
    batch_adapters DOUBLE PRECISION[],
    batch_adapters_bounds TEXT,
    swap_cpu_seconds DOUBLE PRECISION[],
    swap_cpu_seconds_bounds TEXT,
    swap_disk_seconds DOUBLE PRECISION[],
    swap_disk_seconds_bounds TEXT,
    PRIMARY KEY (node_id, at)
) PARTITION BY RANGE (at);
CREATE TABLE metrics.node_5_minutes (LIKE metrics.node_minute INCLUDING ALL) PARTITION BY RANGE (at);
CREATE TABLE metrics.node_hour (LIKE metrics.node_minute INCLUDING ALL) PARTITION BY RANGE (at);

-- Evictions and swaps. "source": measured = the node counted them; derived = they follow from our own requests and loads;
-- inferred = the same, and "doubt" says why they may be off. A node and step has one row that is measured at most, and one
-- that is not.
CREATE TABLE metrics.node_cache_minute (
    node_id TEXT NOT NULL,
    at TIMESTAMPTZ(3) NOT NULL,
    source TEXT NOT NULL CHECK (source IN ('measured', 'derived', 'inferred')),
    seconds DOUBLE PRECISION NOT NULL,
    simulated BOOLEAN NOT NULL,
    evictions_gpu DOUBLE PRECISION,
    evictions_cpu DOUBLE PRECISION,
    swaps_gpu DOUBLE PRECISION,
    swaps_cpu DOUBLE PRECISION,
    swaps_disk DOUBLE PRECISION,
    -- the most different adapters that were asked for at one moment
    adapters_peak INTEGER,
    doubt TEXT,
    -- requests that the engine says it finished, and those of them that came through us; NULL = it was not seen
    counted_requests DOUBLE PRECISION,
    own_requests DOUBLE PRECISION,
    PRIMARY KEY (node_id, at, source),
    CHECK ((source = 'inferred') = (doubt IS NOT NULL))
) PARTITION BY RANGE (at);
CREATE TABLE metrics.node_cache_5_minutes (LIKE metrics.node_cache_minute INCLUDING ALL) PARTITION BY RANGE (at);
CREATE TABLE metrics.node_cache_hour (LIKE metrics.node_cache_minute INCLUDING ALL) PARTITION BY RANGE (at);

-- How each node was found at the last look, and what the next one counts from.
CREATE TABLE metrics.node_look (
    node_id TEXT PRIMARY KEY,
    -- the last look that succeeded, its epoch and what the node said; NULL = none did
    at TIMESTAMPTZ(3),
    epoch INTEGER NOT NULL,
    simulated BOOLEAN NOT NULL,
    samples JSONB,
    -- who tells where adapters lie, and in which version; NULL = nobody
    teller JSONB,
    -- requests counted between the last looks: [from, to (Unix milliseconds), count]
    recent_requests JSONB NOT NULL,
    tried_at TIMESTAMPTZ(3) NOT NULL,
    -- why the look at "tried_at" failed; NULL = it did not
    error TEXT
);

GRANT USAGE ON SCHEMA metrics TO switchyard_platform;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA metrics TO switchyard_platform;
DO $$
DECLARE
  kept text;
BEGIN
  FOREACH kept IN ARRAY ARRAY['histogram_bounds', 'node_minute', 'node_5_minutes', 'node_hour', 'node_cache_minute',
      'node_cache_5_minutes', 'node_cache_hour', 'node_look'] LOOP
    EXECUTE format('ALTER TABLE metrics.%I ENABLE ROW LEVEL SECURITY', kept);
    EXECUTE format('ALTER TABLE metrics.%I FORCE ROW LEVEL SECURITY', kept);
    EXECUTE format('CREATE POLICY platform ON metrics.%I TO switchyard_platform USING (true) WITH CHECK (true)', kept);
  END LOOP;
END $$;

-- Makes the partitions around a moment, and drops those of which every row is older than "kept". The platform's role owns
-- no table, so it may do this through the function only.
CREATE FUNCTION public.keep_partitions(parent regclass, unit text, moment timestamptz, kept interval) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
DECLARE
  width interval := CASE unit WHEN 'day' THEN interval '1 day' WHEN 'month' THEN interval '1 month' END;
  schema_name text;
  table_name text;
  first timestamptz;
  old text;
BEGIN
  SELECT n.nspname, c.relname INTO schema_name, table_name
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = parent AND c.relkind = 'p';
  IF width IS NULL OR table_name IS NULL OR schema_name NOT IN ('public', 'metrics') THEN
    RAISE EXCEPTION 'no such partitions: % by %', parent, unit;
  END IF;
  PERFORM pg_advisory_xact_lock(hashtext('keep_partitions'));
  FOR step IN -1..2 LOOP
    first := date_trunc(unit, moment) + step * width;
    CONTINUE WHEN to_regclass(format('%I.%I', schema_name, table_name || '_' || to_char(first, 'YYYYMMDD'))) IS NOT NULL;
    EXECUTE format('CREATE TABLE %I.%I PARTITION OF %I.%I FOR VALUES FROM (%L) TO (%L)',
      schema_name, table_name || '_' || to_char(first, 'YYYYMMDD'), schema_name, table_name, first, first + width);
  END LOOP;
  FOR old IN
    SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = parent AND to_date(right(c.relname, 8), 'YYYYMMDD')::timestamptz + width <= moment - kept
  LOOP
    EXECUTE format('DROP TABLE %I.%I', schema_name, old);
  END LOOP;
END $$;
REVOKE ALL ON FUNCTION public.keep_partitions(regclass, text, timestamptz, interval) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.keep_partitions(regclass, text, timestamptz, interval) TO switchyard_platform;

-- Views for people and for Grafana, in plain names: docs/telemetry-in-sql.md. They read as the owner of the tables, so whoever
-- may read a view needs no right on what lies under it.
CREATE SCHEMA reporting;
DO $$
DECLARE
  kept text;
BEGIN
  FOREACH kept IN ARRAY ARRAY['metrics.histogram_bounds', 'metrics.node_minute', 'metrics.node_5_minutes', 'metrics.node_hour',
      'metrics.node_cache_minute', 'metrics.node_cache_5_minutes', 'metrics.node_cache_hour', 'public."Node"', 'public."Pool"'] LOOP
    EXECUTE format('CREATE POLICY reporting ON %s FOR SELECT TO CURRENT_USER USING (true)', kept);
  END LOOP;
END $$;

CREATE VIEW reporting.node_minute AS
SELECT n."name" AS node, p."name" AS pool, m.*
FROM metrics.node_minute m JOIN public."Node" n ON n."id" = m.node_id JOIN public."Pool" p ON p."id" = n."poolId";
COMMENT ON VIEW reporting.node_minute IS
  'What each node counted itself in each minute (UTC). Counters and histograms are increases; NULL = the node did not say. "seconds" is how much of the minute was seen: a rate is the increase divided by it. Kept 31 days.';
COMMENT ON COLUMN reporting.node_minute.latency_seconds IS
  'Requests by latency: counts of buckets, one more than "latency_seconds_bounds" has in reporting.histogram_bounds.';

CREATE VIEW reporting.node_hour AS
SELECT n."name" AS node, p."name" AS pool, m.*
FROM metrics.node_hour m JOIN public."Node" n ON n."id" = m.node_id JOIN public."Pool" p ON p."id" = n."poolId";
COMMENT ON VIEW reporting.node_hour IS 'As reporting.node_minute, by the hour. Kept 400 days.';

CREATE VIEW reporting.node_cache_minute AS
SELECT n."name" AS node, p."name" AS pool, m.*
FROM metrics.node_cache_minute m JOIN public."Node" n ON n."id" = m.node_id JOIN public."Pool" p ON p."id" = n."poolId";
COMMENT ON VIEW reporting.node_cache_minute IS
  'Evictions and swaps of each node in each minute. "source": measured = the node counted them; derived = they follow from our own requests and loads; inferred = the same, but "doubt" says why they may be off. Take measured rows where there are any. Kept 31 days.';

CREATE VIEW reporting.histogram_bounds AS SELECT id, upper_bounds FROM metrics.histogram_bounds;
COMMENT ON VIEW reporting.histogram_bounds IS
  'Upper bounds of the buckets of histograms, ascending; the last count of a histogram lies above all of them.';

GRANT USAGE ON SCHEMA reporting TO switchyard_platform;
GRANT SELECT ON ALL TABLES IN SCHEMA reporting TO switchyard_platform;
