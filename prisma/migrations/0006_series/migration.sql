-- What nodes said over time, packed: rows that only lib/telemetry/series reads and writes, past the ORM, in a schema of
-- their own. Parents are partitioned by time, so that old rows go by dropping a table.
CREATE SCHEMA series;

-- One scrape of all nodes: what was added since the scrape before.
CREATE TABLE series.tick (
    at TIMESTAMPTZ(3) NOT NULL,
    data BYTEA NOT NULL,
    PRIMARY KEY (at)
) PARTITION BY RANGE (at);

-- One node over one step, written once, when the step has ended.
CREATE TABLE series.rollup_60 (
    node_id TEXT NOT NULL,
    at TIMESTAMPTZ(3) NOT NULL,
    scrapes INTEGER NOT NULL,
    simulated BOOLEAN NOT NULL,
    data BYTEA NOT NULL,
    PRIMARY KEY (node_id, at)
) PARTITION BY RANGE (at);
CREATE TABLE series.rollup_300 (LIKE series.rollup_60 INCLUDING ALL) PARTITION BY RANGE (at);
CREATE TABLE series.rollup_3600 (LIKE series.rollup_60 INCLUDING ALL) PARTITION BY RANGE (at);

-- The last good look at each node, from which the next one is counted, and the last attempt.
CREATE TABLE series.last_look (
    node_id TEXT PRIMARY KEY,
    at TIMESTAMPTZ(3),
    epoch INTEGER NOT NULL,
    simulated BOOLEAN NOT NULL,
    data BYTEA,
    plugin JSONB,
    tried_at TIMESTAMPTZ(3) NOT NULL,
    error TEXT
) WITH (fillfactor = 50); -- each row changes with each scrape

-- Customers see no nodes: their role has no rights in this schema, and no policy lets it see a row.
GRANT USAGE ON SCHEMA series TO switchyard_platform;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA series TO switchyard_platform;
DO $$
DECLARE
  kept text;
BEGIN
  FOREACH kept IN ARRAY ARRAY['tick', 'rollup_60', 'rollup_300', 'rollup_3600', 'last_look'] LOOP
    EXECUTE format('ALTER TABLE series.%I ENABLE ROW LEVEL SECURITY', kept);
    EXECUTE format('ALTER TABLE series.%I FORCE ROW LEVEL SECURITY', kept);
    EXECUTE format('CREATE POLICY platform ON series.%I TO switchyard_platform USING (true) WITH CHECK (true)', kept);
  END LOOP;
END $$;

-- Makes the partitions around a moment and drops those that ended before it by more than `kept`. Runs as the owner, since
-- the platform role owns nothing. Partitions carry no grants: rows are reached through their parent only.
CREATE FUNCTION series.keep_partitions(parent text, unit text, moment timestamptz, kept interval) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
DECLARE
  width interval := CASE unit WHEN 'day' THEN interval '1 day' WHEN 'month' THEN interval '1 month' END;
  first timestamptz;
  old text;
BEGIN
  IF width IS NULL OR parent NOT IN ('tick', 'rollup_60', 'rollup_300', 'rollup_3600') THEN
    RAISE EXCEPTION 'no such partitions: % by %', parent, unit;
  END IF;
  PERFORM pg_advisory_xact_lock(hashtext('series.keep_partitions'));
  FOR step IN -1..2 LOOP
    first := date_trunc(unit, moment) + step * width;
    CONTINUE WHEN to_regclass(format('series.%I', parent || '_' || to_char(first, 'YYYYMMDD'))) IS NOT NULL;
    EXECUTE format('CREATE TABLE series.%I PARTITION OF series.%I FOR VALUES FROM (%L) TO (%L)',
      parent || '_' || to_char(first, 'YYYYMMDD'), parent, first, first + width);
  END LOOP;
  FOR old IN
    SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = to_regclass(format('series.%I', parent))
      AND to_date(right(c.relname, 8), 'YYYYMMDD')::timestamptz + width <= moment - kept
  LOOP
    EXECUTE format('DROP TABLE series.%I', old);
  END LOOP;
END $$;
REVOKE ALL ON FUNCTION series.keep_partitions(text, text, timestamptz, interval) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION series.keep_partitions(text, text, timestamptz, interval) TO switchyard_platform;

-- Looks were kept for 15 minutes. "Rollup" holds up to 400 days: it stays, is read beside the new rows, and empties itself.
DROP TABLE "Scrape";
