-- The rollups once more, turned: one figure of all nodes over one step is a row, so that a chart of a hundred nodes reads
-- hundreds of rows instead of tens of thousands. Written in the same statement as series.rollup_*.

-- Ids of the nodes that columns speak of by their place; "id" is the beginning of their SHA-256.
CREATE TABLE series.roster (
    id UUID PRIMARY KEY,
    nodes TEXT[] NOT NULL
);

CREATE TABLE series.column_60 (
    part SMALLINT NOT NULL,
    at TIMESTAMPTZ(3) NOT NULL,
    roster UUID NOT NULL,
    data BYTEA NOT NULL,
    PRIMARY KEY (part, at)
) PARTITION BY RANGE (at);
CREATE TABLE series.column_300 (LIKE series.column_60 INCLUDING ALL) PARTITION BY RANGE (at);
CREATE TABLE series.column_3600 (LIKE series.column_60 INCLUDING ALL) PARTITION BY RANGE (at);

GRANT SELECT, INSERT, UPDATE, DELETE ON series.roster, series.column_60, series.column_300, series.column_3600
  TO switchyard_platform;
DO $$
DECLARE
  kept text;
BEGIN
  FOREACH kept IN ARRAY ARRAY['roster', 'column_60', 'column_300', 'column_3600'] LOOP
    EXECUTE format('ALTER TABLE series.%I ENABLE ROW LEVEL SECURITY', kept);
    EXECUTE format('ALTER TABLE series.%I FORCE ROW LEVEL SECURITY', kept);
    EXECUTE format('CREATE POLICY platform ON series.%I TO switchyard_platform USING (true) WITH CHECK (true)', kept);
  END LOOP;
END $$;

-- As in 0006, for the new parents too.
CREATE OR REPLACE FUNCTION series.keep_partitions(parent text, unit text, moment timestamptz, kept interval) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
DECLARE
  width interval := CASE unit WHEN 'day' THEN interval '1 day' WHEN 'month' THEN interval '1 month' END;
  first timestamptz;
  old text;
BEGIN
  IF width IS NULL OR parent NOT IN
      ('tick', 'rollup_60', 'rollup_300', 'rollup_3600', 'column_60', 'column_300', 'column_3600') THEN
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
