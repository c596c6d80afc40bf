-- What gateways counted of requests, by the minute, and its sums by 5 minutes and by the hour: plain columns, partitioned by
-- time. It takes the place of "Usage" and of the packs that charts were read from; nothing of them was released.

DROP TABLE "Usage", "TracePack", "TraceHour";

-- Partitions are kept out of "public": rows are reached through their parent only.
CREATE SCHEMA partitions;

CREATE TABLE usage_minute (
    "at" TIMESTAMPTZ(3) NOT NULL,
    "tenantId" TEXT NOT NULL,
    "adapterId" TEXT NOT NULL,
    "versionId" TEXT NOT NULL,
    "nodeId" TEXT NOT NULL,
    "kind" "TrafficKind" NOT NULL,
    "via" TEXT NOT NULL,
    "instanceId" TEXT NOT NULL,
    "requests" INTEGER NOT NULL,
    "answered" INTEGER NOT NULL,
    "failed" INTEGER NOT NULL,
    "refused" INTEGER NOT NULL,
    "shed" INTEGER NOT NULL,
    "turnedAway" INTEGER NOT NULL,
    "fallbacks" INTEGER NOT NULL,
    "uncounted" INTEGER NOT NULL,
    "promptTokens" BIGINT NOT NULL,
    "completionTokens" BIGINT NOT NULL,
    "busyMs" BIGINT NOT NULL,
    "fallbackReasons" JSON NOT NULL,
    "failureReasons" JSON NOT NULL,
    "latency" JSON NOT NULL,
    "ttft" JSON NOT NULL,
    "interToken" JSON NOT NULL,
    "queued" JSON NOT NULL,
    "simulated" BOOLEAN NOT NULL,
    "lastAt" TIMESTAMPTZ(3) NOT NULL,
    "lastOutcome" TEXT NOT NULL,

    CONSTRAINT "usage_minute_pkey" PRIMARY KEY ("tenantId","at","adapterId","versionId","nodeId","kind","via","instanceId")
) PARTITION BY RANGE ("at");
CREATE INDEX "usage_minute_at_idx" ON usage_minute("at");

-- Sums over all gateways.
CREATE TABLE usage_5_minutes (LIKE usage_minute) PARTITION BY RANGE ("at");
ALTER TABLE usage_5_minutes DROP COLUMN "instanceId", DROP COLUMN "lastOutcome",
  ADD CONSTRAINT "usage_5_minutes_pkey" PRIMARY KEY ("tenantId","at","adapterId","versionId","nodeId","kind","via");
CREATE INDEX "usage_5_minutes_at_idx" ON usage_5_minutes("at");
CREATE TABLE usage_hour (LIKE usage_5_minutes) PARTITION BY RANGE ("at");
ALTER TABLE usage_hour
  ADD CONSTRAINT "usage_hour_pkey" PRIMARY KEY ("tenantId","at","adapterId","versionId","nodeId","kind","via");
CREATE INDEX "usage_hour_at_idx" ON usage_hour("at");

-- Steps whose sums are not up to date: gateways name them with the rows they send, the worker strikes them off.
CREATE TABLE usage_pending (
    "stepSeconds" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "usage_pending_pkey" PRIMARY KEY ("stepSeconds","at")
);

-- Row-level security as in 0002. A customer reads their own rows; which steps are summed says nothing about anybody.
DO $$
DECLARE
  scoped text;
BEGIN
  FOREACH scoped IN ARRAY ARRAY['usage_minute', 'usage_5_minutes', 'usage_hour', 'usage_pending'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', scoped);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', scoped);
    EXECUTE format('CREATE POLICY platform ON %I TO switchyard_platform USING (true) WITH CHECK (true)', scoped);
    CONTINUE WHEN scoped = 'usage_pending';
    EXECUTE format('CREATE POLICY tenant ON %I TO switchyard_tenant USING ("tenantId" = switchyard_tenant_id()) WITH CHECK (false)', scoped);
  END LOOP;
END $$;
CREATE POLICY tenant ON usage_pending TO switchyard_tenant USING (true) WITH CHECK (false);
GRANT SELECT ON usage_minute, usage_5_minutes, usage_hour, usage_pending TO switchyard_tenant;

-- Sums columns of counts by key, such as {"83": 4}: histograms and reasons.
CREATE FUNCTION merge_counts(parts json[]) RETURNS json LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT ('{' || coalesce(string_agg(to_json(key)::text || ':' || count, ',' ORDER BY key), '') || '}')::json
  FROM (
    SELECT each.key, sum(each.value::bigint) AS count FROM unnest(parts) AS part, json_each_text(part) AS each GROUP BY each.key
  ) AS counts
$$;
CREATE AGGREGATE sum_counts(json) (SFUNC = array_append, STYPE = json[], INITCOND = '{}', FINALFUNC = merge_counts);

-- As in 0046; partitions of tables in "public" are kept in "partitions".
CREATE OR REPLACE FUNCTION public.keep_partitions(parent regclass, unit text, moment timestamptz, kept interval) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
DECLARE
  width interval := CASE unit WHEN 'day' THEN interval '1 day' WHEN 'month' THEN interval '1 month' END;
  schema_name text;
  table_name text;
  part_schema text;
  first timestamptz;
  old text;
BEGIN
  SELECT n.nspname, c.relname INTO schema_name, table_name
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = parent AND c.relkind = 'p';
  IF width IS NULL OR table_name IS NULL OR schema_name NOT IN ('public', 'metrics') THEN
    RAISE EXCEPTION 'no such partitions: % by %', parent, unit;
  END IF;
  part_schema := CASE schema_name WHEN 'public' THEN 'partitions' ELSE schema_name END;
  PERFORM pg_advisory_xact_lock(hashtext('keep_partitions'));
  FOR step IN -1..2 LOOP
    first := date_trunc(unit, moment) + step * width;
    CONTINUE WHEN to_regclass(format('%I.%I', part_schema, table_name || '_' || to_char(first, 'YYYYMMDD'))) IS NOT NULL;
    EXECUTE format('CREATE TABLE %I.%I PARTITION OF %I.%I FOR VALUES FROM (%L) TO (%L)',
      part_schema, table_name || '_' || to_char(first, 'YYYYMMDD'), schema_name, table_name, first, first + width);
  END LOOP;
  FOR old IN
    SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = parent AND to_date(right(c.relname, 8), 'YYYYMMDD')::timestamptz + width <= moment - kept
  LOOP
    EXECUTE format('DROP TABLE %I.%I', part_schema, old);
  END LOOP;
END $$;

-- The first ones; from now on the worker makes them, and whoever stores rows of another time.
SELECT keep_partitions('usage_minute', 'day', now(), interval '31 days'),
  keep_partitions('usage_5_minutes', 'day', now(), interval '90 days'),
  keep_partitions('usage_hour', 'month', now(), interval '400 days');
