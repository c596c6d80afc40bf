-- The whole schema as of release 0.2.0, in one step. Later changes are migrations of their own; this file is never edited.

-- Functions below name tables that follow.
SELECT set_config('check_function_bodies', 'off', true);

CREATE SCHEMA metrics;

CREATE SCHEMA partitions;
CREATE SCHEMA reporting;

CREATE TYPE public."AlertSeverity" AS ENUM (
    'critical',
    'warning'
);

CREATE TYPE public."AlertState" AS ENUM (
    'firing',
    'acknowledged',
    'pending',
    'resolved'
);

CREATE TYPE public."ApprovalDecider" AS ENUM (
    'platform',
    'customer'
);

CREATE TYPE public."ApprovalSilence" AS ENUM (
    'nothing',
    'goes_on'
);

CREATE TYPE public."ApprovalState" AS ENUM (
    'pending',
    'approved',
    'declined',
    'expired',
    'withdrawn'
);

CREATE TYPE public."ApprovalStep" AS ENUM (
    'canary',
    'live'
);

CREATE TYPE public."ApproverRole" AS ENUM (
    'platform_admin',
    'operator',
    'tenant_admin'
);

CREATE TYPE public."BatchRowState" AS ENUM (
    'waiting',
    'running',
    'completed',
    'failed',
    'skipped'
);

CREATE TYPE public."BatchState" AS ENUM (
    'running',
    'paused',
    'stopped',
    'completed'
);

CREATE TYPE public."BatchStop" AS ENUM (
    'failures',
    'hand',
    'rights'
);

CREATE TYPE public."ChannelKind" AS ENUM (
    'alertmanager',
    'slack',
    'pagerduty',
    'email'
);

CREATE TYPE public."ControlKind" AS ENUM (
    'serve_previous',
    'serve_fallback',
    'shed',
    'freeze',
    'cordon',
    'drain'
);

CREATE TYPE public."CutoverPhase" AS ENUM (
    'pending',
    'warming',
    'shadow',
    'canary',
    'full',
    'soaking',
    'completed',
    'rolled_back',
    'aborted'
);

CREATE TYPE public."DecodingMode" AS ENUM (
    'greedy',
    'sampled'
);

CREATE TYPE public."Delivery" AS ENUM (
    'shared',
    'fetch'
);

CREATE TYPE public."DriftPolicy" AS ENUM (
    'keep',
    'remove'
);

CREATE TYPE public."FallbackPolicy" AS ENUM (
    'base_model',
    'previous_version',
    'reject',
    'hosted_provider'
);

CREATE TYPE public."FindingSeverity" AS ENUM (
    'critical',
    'warning',
    'notice'
);

CREATE TYPE public."ImportKind" AS ENUM (
    'browser',
    'directory',
    'csv',
    'bucket'
);

CREATE TYPE public."ImportRowState" AS ENUM (
    'unchecked',
    'checking',
    'invalid',
    'valid',
    'importing',
    'imported',
    'failed',
    'skipped'
);

CREATE TYPE public."ImportState" AS ENUM (
    'open',
    'importing',
    'completed',
    'discarded'
);

CREATE TYPE public."IncidentEventKind" AS ENUM (
    'drafted',
    'opened',
    'accepted',
    'dismissed',
    'held',
    'changed',
    'linked',
    'note',
    'update',
    'resolved',
    'reopened',
    'closed'
);

CREATE TYPE public."IncidentSeverity" AS ENUM (
    'critical',
    'major',
    'minor'
);

CREATE TYPE public."IncidentState" AS ENUM (
    'draft',
    'open',
    'resolved',
    'closed',
    'dismissed'
);

CREATE TYPE public."IncidentStatus" AS ENUM (
    'investigating',
    'identified',
    'monitoring',
    'resolved'
);

CREATE TYPE public."JobItemState" AS ENUM (
    'pending',
    'running',
    'succeeded',
    'failed',
    'skipped'
);

CREATE TYPE public."JobState" AS ENUM (
    'queued',
    'running',
    'completed',
    'cancelled',
    'failed'
);

CREATE TYPE public."NotificationEvent" AS ENUM (
    'firing',
    'resolved'
);

CREATE TYPE public."ObjectiveKind" AS ENUM (
    'latency_p95',
    'ttft_p95',
    'availability',
    'fallback_share'
);

CREATE TYPE public."ObjectiveStatus" AS ENUM (
    'proposed',
    'accepted',
    'dismissed'
);

CREATE TYPE public."ObjectiveVisibility" AS ENUM (
    'staff',
    'customer'
);

CREATE TYPE public."OffboardingStepState" AS ENUM (
    'waiting',
    'running',
    'done',
    'skipped',
    'failed'
);

CREATE TYPE public."PlacementDesire" AS ENUM (
    'present',
    'absent'
);

CREATE TYPE public."RegistrationState" AS ENUM (
    'loaded',
    'probing',
    'routable',
    'failed',
    'drift'
);

CREATE TYPE public."ReleaseAction" AS ENUM (
    'stage',
    'run_gate',
    'start_cutover'
);

CREATE TYPE public."ResidencyTier" AS ENUM (
    'gpu',
    'cpu',
    'absent'
);

CREATE TYPE public."RestartStep" AS ENUM (
    'manual',
    'webhook',
    'simulated'
);

CREATE TYPE public."RolloutPhase" AS ENUM (
    'pending',
    'draining',
    'restarting',
    'restoring',
    'done',
    'failed',
    'skipped'
);

CREATE TYPE public."RolloutState" AS ENUM (
    'running',
    'completed',
    'failed',
    'cancelled'
);

CREATE TYPE public."RunState" AS ENUM (
    'queued',
    'running',
    'completed',
    'cancelled',
    'failed'
);

CREATE TYPE public."SampleSide" AS ENUM (
    'baseline',
    'candidate',
    'baseline_repeat'
);

CREATE TYPE public."StaffRole" AS ENUM (
    'platform_admin',
    'operator',
    'auditor'
);

CREATE TYPE public."TenantRole" AS ENUM (
    'tenant_admin',
    'tenant_viewer'
);

CREATE TYPE public."TenantStatus" AS ENUM (
    'active',
    'suspended',
    'offboarding',
    'archived'
);

CREATE TYPE public."TrafficKind" AS ENUM (
    'user',
    'eval',
    'shadow',
    'probe'
);

CREATE TYPE public."VerdictOutcome" AS ENUM (
    'pass',
    'fail',
    'inconclusive'
);

CREATE TYPE public."VersionState" AS ENUM (
    'draft',
    'checking',
    'ready',
    'rejected',
    'quarantined',
    'retired',
    'deleted'
);

CREATE TYPE public."Via" AS ENUM (
    'primary',
    'previous_version',
    'base_model',
    'hosted_provider',
    'origin'
);

CREATE FUNCTION public.is_used_suite(suite text) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
  SELECT EXISTS (SELECT 1 FROM "EvalSuite" WHERE "id" = suite) AND EXISTS (SELECT 1 FROM "EvalRun" WHERE "suiteId" = suite)
$$;

CREATE FUNCTION public.keep_partitions(parent regclass, unit text, moment timestamp with time zone, kept interval) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    AS $$
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
    -- CASE, because Postgres may look at names of other tables first
    WHERE i.inhparent = parent
      AND CASE WHEN c.relname ~ '_[0-9]{8}$' THEN to_date(right(c.relname, 8), 'YYYYMMDD')::timestamptz + width END
        <= moment - kept
  LOOP
    EXECUTE format('DROP TABLE %I.%I', part_schema, old);
  END LOOP;
END $$;

CREATE FUNCTION public.merge_counts(parts json[]) RETURNS json
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  SELECT ('{' || coalesce(string_agg(to_json(key)::text || ':' || count, ',' ORDER BY key), '') || '}')::json
  FROM (
    SELECT each.key, sum(each.value::bigint) AS count FROM unnest(parts) AS part, json_each_text(part) AS each GROUP BY each.key
  ) AS counts
$$;

CREATE FUNCTION public.notify_routing() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  PERFORM pg_notify('switchyard_routing', TG_TABLE_NAME);
  RETURN NULL;
END $$;

CREATE FUNCTION public.notify_work() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  PERFORM pg_notify('switchyard_work', TG_TABLE_NAME);
  RETURN NULL;
END $$;

CREATE FUNCTION public.refuse_audit_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  RAISE EXCEPTION 'audit entries are append-only' USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE FUNCTION public.refuse_used_case_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  IF TG_OP <> 'INSERT' AND is_used_suite(OLD."suiteId") OR TG_OP <> 'DELETE' AND is_used_suite(NEW."suiteId") THEN
    RAISE EXCEPTION 'the suite of this prompt was used by a run' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE FUNCTION public.refuse_used_suite_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  IF is_used_suite(OLD."id") AND EXISTS (SELECT 1 FROM "Tenant" WHERE "id" = OLD."tenantId") THEN
    RAISE EXCEPTION 'this suite was used by a run' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE FUNCTION public.switchyard_tenant_id() RETURNS text
    LANGUAGE sql STABLE
    AS $$
  SELECT NULLIF(current_setting('switchyard.tenant_id', true), '')
$$;

CREATE FUNCTION reporting.bucket_ms(bucket integer) RETURNS double precision
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  SELECT CASE WHEN bucket <= 0 THEN 0 ELSE 0.1 * 1.1::float8 ^ bucket / 1.05 END
$$;

COMMENT ON FUNCTION reporting.bucket_ms(bucket integer) IS 'The duration that a bucket of a histogram stands for, ms; every duration in it is at most 5 % off.';

CREATE FUNCTION reporting.count_within(histogram json, limit_ms double precision) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  SELECT coalesce(sum(value::bigint), 0)::bigint FROM json_each_text(histogram) WHERE reporting.bucket_ms(key::int) <= limit_ms
$$;

COMMENT ON FUNCTION reporting.count_within(histogram json, limit_ms double precision) IS 'How many durations of a histogram are at or below a limit, which is at most 5 % off.';

CREATE FUNCTION reporting.quantile_ms(histogram json, q double precision) RETURNS double precision
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  SELECT reporting.bucket_ms(min(bucket))
  FROM (
    SELECT key::int AS bucket, sum(value::bigint) OVER (ORDER BY key::int) AS below, sum(value::bigint) OVER () AS total
    FROM json_each_text(histogram)
  ) AS counts
  WHERE below >= ceil(q * total - 1e-9)
$$;

COMMENT ON FUNCTION reporting.quantile_ms(histogram json, q double precision) IS 'A quantile of a histogram, ms, at most 5 % off; null of no durations. Sum histograms with sum_counts() first.';

CREATE AGGREGATE public.sum_counts(json) (
    SFUNC = array_append,
    STYPE = json[],
    INITCOND = '{}',
    FINALFUNC = public.merge_counts
);

CREATE TABLE metrics.histogram_bounds (
    id text NOT NULL,
    upper_bounds double precision[] NOT NULL
);

ALTER TABLE ONLY metrics.histogram_bounds FORCE ROW LEVEL SECURITY;

CREATE TABLE metrics.node_5_minutes (
    node_id text NOT NULL,
    at timestamp(3) with time zone NOT NULL,
    looks integer NOT NULL,
    seconds double precision NOT NULL,
    simulated boolean NOT NULL,
    requests double precision,
    prompt_tokens double precision,
    generation_tokens double precision,
    preemptions double precision,
    prefix_cache_queries double precision,
    prefix_cache_hits double precision,
    lookups_gpu double precision,
    lookups_cpu double precision,
    hits_gpu double precision,
    hits_cpu double precision,
    running_mean double precision,
    running_max double precision,
    waiting_mean double precision,
    waiting_max double precision,
    deferred_mean double precision,
    deferred_max double precision,
    slots_gpu_mean double precision,
    slots_gpu_max double precision,
    slots_cpu_mean double precision,
    slots_cpu_max double precision,
    kv_cache_usage_mean double precision,
    kv_cache_usage_max double precision,
    adapters_in_use_mean double precision,
    adapters_in_use_max double precision,
    resident_gpu_mean double precision,
    resident_gpu_max double precision,
    resident_cpu_mean double precision,
    resident_cpu_max double precision,
    latency_seconds double precision[],
    latency_seconds_bounds text,
    ttft_seconds double precision[],
    ttft_seconds_bounds text,
    inter_token_seconds double precision[],
    inter_token_seconds_bounds text,
    queue_seconds double precision[],
    queue_seconds_bounds text,
    batch_adapters double precision[],
    batch_adapters_bounds text,
    swap_cpu_seconds double precision[],
    swap_cpu_seconds_bounds text,
    swap_disk_seconds double precision[],
    swap_disk_seconds_bounds text
)
PARTITION BY RANGE (at);

ALTER TABLE ONLY metrics.node_5_minutes FORCE ROW LEVEL SECURITY;

CREATE TABLE metrics.node_cache_5_minutes (
    node_id text NOT NULL,
    at timestamp(3) with time zone NOT NULL,
    source text NOT NULL,
    seconds double precision NOT NULL,
    simulated boolean NOT NULL,
    evictions_gpu double precision,
    evictions_cpu double precision,
    swaps_gpu double precision,
    swaps_cpu double precision,
    swaps_disk double precision,
    adapters_peak integer,
    doubt text,
    counted_requests double precision,
    own_requests double precision,
    CONSTRAINT node_cache_minute_check CHECK (((source = 'inferred'::text) = (doubt IS NOT NULL))),
    CONSTRAINT node_cache_minute_source_check CHECK ((source = ANY (ARRAY['measured'::text, 'derived'::text, 'inferred'::text])))
)
PARTITION BY RANGE (at);

ALTER TABLE ONLY metrics.node_cache_5_minutes FORCE ROW LEVEL SECURITY;

CREATE TABLE metrics.node_cache_hour (
    node_id text NOT NULL,
    at timestamp(3) with time zone NOT NULL,
    source text NOT NULL,
    seconds double precision NOT NULL,
    simulated boolean NOT NULL,
    evictions_gpu double precision,
    evictions_cpu double precision,
    swaps_gpu double precision,
    swaps_cpu double precision,
    swaps_disk double precision,
    adapters_peak integer,
    doubt text,
    counted_requests double precision,
    own_requests double precision,
    CONSTRAINT node_cache_minute_check CHECK (((source = 'inferred'::text) = (doubt IS NOT NULL))),
    CONSTRAINT node_cache_minute_source_check CHECK ((source = ANY (ARRAY['measured'::text, 'derived'::text, 'inferred'::text])))
)
PARTITION BY RANGE (at);

ALTER TABLE ONLY metrics.node_cache_hour FORCE ROW LEVEL SECURITY;

CREATE TABLE metrics.node_cache_minute (
    node_id text NOT NULL,
    at timestamp(3) with time zone NOT NULL,
    source text NOT NULL,
    seconds double precision NOT NULL,
    simulated boolean NOT NULL,
    evictions_gpu double precision,
    evictions_cpu double precision,
    swaps_gpu double precision,
    swaps_cpu double precision,
    swaps_disk double precision,
    adapters_peak integer,
    doubt text,
    counted_requests double precision,
    own_requests double precision,
    CONSTRAINT node_cache_minute_check CHECK (((source = 'inferred'::text) = (doubt IS NOT NULL))),
    CONSTRAINT node_cache_minute_source_check CHECK ((source = ANY (ARRAY['measured'::text, 'derived'::text, 'inferred'::text])))
)
PARTITION BY RANGE (at);

ALTER TABLE ONLY metrics.node_cache_minute FORCE ROW LEVEL SECURITY;

CREATE TABLE metrics.node_hour (
    node_id text NOT NULL,
    at timestamp(3) with time zone NOT NULL,
    looks integer NOT NULL,
    seconds double precision NOT NULL,
    simulated boolean NOT NULL,
    requests double precision,
    prompt_tokens double precision,
    generation_tokens double precision,
    preemptions double precision,
    prefix_cache_queries double precision,
    prefix_cache_hits double precision,
    lookups_gpu double precision,
    lookups_cpu double precision,
    hits_gpu double precision,
    hits_cpu double precision,
    running_mean double precision,
    running_max double precision,
    waiting_mean double precision,
    waiting_max double precision,
    deferred_mean double precision,
    deferred_max double precision,
    slots_gpu_mean double precision,
    slots_gpu_max double precision,
    slots_cpu_mean double precision,
    slots_cpu_max double precision,
    kv_cache_usage_mean double precision,
    kv_cache_usage_max double precision,
    adapters_in_use_mean double precision,
    adapters_in_use_max double precision,
    resident_gpu_mean double precision,
    resident_gpu_max double precision,
    resident_cpu_mean double precision,
    resident_cpu_max double precision,
    latency_seconds double precision[],
    latency_seconds_bounds text,
    ttft_seconds double precision[],
    ttft_seconds_bounds text,
    inter_token_seconds double precision[],
    inter_token_seconds_bounds text,
    queue_seconds double precision[],
    queue_seconds_bounds text,
    batch_adapters double precision[],
    batch_adapters_bounds text,
    swap_cpu_seconds double precision[],
    swap_cpu_seconds_bounds text,
    swap_disk_seconds double precision[],
    swap_disk_seconds_bounds text
)
PARTITION BY RANGE (at);

ALTER TABLE ONLY metrics.node_hour FORCE ROW LEVEL SECURITY;

CREATE TABLE metrics.node_look (
    node_id text NOT NULL,
    at timestamp(3) with time zone,
    epoch integer NOT NULL,
    simulated boolean NOT NULL,
    samples jsonb,
    teller jsonb,
    recent_requests jsonb NOT NULL,
    tried_at timestamp(3) with time zone NOT NULL,
    error text
);

ALTER TABLE ONLY metrics.node_look FORCE ROW LEVEL SECURITY;

CREATE TABLE metrics.node_minute (
    node_id text NOT NULL,
    at timestamp(3) with time zone NOT NULL,
    looks integer NOT NULL,
    seconds double precision NOT NULL,
    simulated boolean NOT NULL,
    requests double precision,
    prompt_tokens double precision,
    generation_tokens double precision,
    preemptions double precision,
    prefix_cache_queries double precision,
    prefix_cache_hits double precision,
    lookups_gpu double precision,
    lookups_cpu double precision,
    hits_gpu double precision,
    hits_cpu double precision,
    running_mean double precision,
    running_max double precision,
    waiting_mean double precision,
    waiting_max double precision,
    deferred_mean double precision,
    deferred_max double precision,
    slots_gpu_mean double precision,
    slots_gpu_max double precision,
    slots_cpu_mean double precision,
    slots_cpu_max double precision,
    kv_cache_usage_mean double precision,
    kv_cache_usage_max double precision,
    adapters_in_use_mean double precision,
    adapters_in_use_max double precision,
    resident_gpu_mean double precision,
    resident_gpu_max double precision,
    resident_cpu_mean double precision,
    resident_cpu_max double precision,
    latency_seconds double precision[],
    latency_seconds_bounds text,
    ttft_seconds double precision[],
    ttft_seconds_bounds text,
    inter_token_seconds double precision[],
    inter_token_seconds_bounds text,
    queue_seconds double precision[],
    queue_seconds_bounds text,
    batch_adapters double precision[],
    batch_adapters_bounds text,
    swap_cpu_seconds double precision[],
    swap_cpu_seconds_bounds text,
    swap_disk_seconds double precision[],
    swap_disk_seconds_bounds text
)
PARTITION BY RANGE (at);

ALTER TABLE ONLY metrics.node_minute FORCE ROW LEVEL SECURITY;

CREATE TABLE public.request (
    id text NOT NULL,
    "tenantId" text,
    "adapterId" text,
    "versionId" text,
    "nodeId" text,
    "loraName" text,
    kind public."TrafficKind" NOT NULL,
    via public."Via",
    path text NOT NULL,
    status integer NOT NULL,
    reason text,
    stream boolean DEFAULT false NOT NULL,
    simulated boolean DEFAULT false NOT NULL,
    "arrivedAt" timestamp(3) with time zone NOT NULL,
    "dispatchedAt" timestamp(3) with time zone,
    "firstByteAt" timestamp(3) with time zone,
    "endedAt" timestamp(3) with time zone NOT NULL,
    "promptTokens" integer,
    "completionTokens" integer,
    "keyId" text,
    "nodeEpoch" integer,
    "endpointId" text,
    "queuedMs" integer,
    "heldMs" integer,
    "expectedTier" text,
    attempts integer DEFAULT 0 NOT NULL,
    "fallbackReason" text,
    "failedVersionId" text,
    "toolCalls" text,
    comparison text
)
PARTITION BY RANGE ("arrivedAt");

ALTER TABLE ONLY public.request FORCE ROW LEVEL SECURITY;

CREATE TABLE public.usage_5_minutes (
    at timestamp(3) with time zone NOT NULL,
    "tenantId" text NOT NULL,
    "adapterId" text NOT NULL,
    "versionId" text NOT NULL,
    "nodeId" text NOT NULL,
    kind public."TrafficKind" NOT NULL,
    via text NOT NULL,
    requests integer NOT NULL,
    answered integer NOT NULL,
    failed integer NOT NULL,
    refused integer NOT NULL,
    shed integer NOT NULL,
    "turnedAway" integer NOT NULL,
    fallbacks integer NOT NULL,
    uncounted integer NOT NULL,
    "promptTokens" bigint NOT NULL,
    "completionTokens" bigint NOT NULL,
    "busyMs" bigint NOT NULL,
    "fallbackReasons" json NOT NULL,
    "failureReasons" json NOT NULL,
    latency json NOT NULL,
    ttft json NOT NULL,
    "interToken" json NOT NULL,
    queued json NOT NULL,
    simulated boolean NOT NULL,
    "lastAt" timestamp(3) with time zone NOT NULL
)
PARTITION BY RANGE (at);

ALTER TABLE ONLY public.usage_5_minutes FORCE ROW LEVEL SECURITY;

CREATE TABLE public.usage_hour (
    at timestamp(3) with time zone NOT NULL,
    "tenantId" text NOT NULL,
    "adapterId" text NOT NULL,
    "versionId" text NOT NULL,
    "nodeId" text NOT NULL,
    kind public."TrafficKind" NOT NULL,
    via text NOT NULL,
    requests integer NOT NULL,
    answered integer NOT NULL,
    failed integer NOT NULL,
    refused integer NOT NULL,
    shed integer NOT NULL,
    "turnedAway" integer NOT NULL,
    fallbacks integer NOT NULL,
    uncounted integer NOT NULL,
    "promptTokens" bigint NOT NULL,
    "completionTokens" bigint NOT NULL,
    "busyMs" bigint NOT NULL,
    "fallbackReasons" json NOT NULL,
    "failureReasons" json NOT NULL,
    latency json NOT NULL,
    ttft json NOT NULL,
    "interToken" json NOT NULL,
    queued json NOT NULL,
    simulated boolean NOT NULL,
    "lastAt" timestamp(3) with time zone NOT NULL
)
PARTITION BY RANGE (at);

ALTER TABLE ONLY public.usage_hour FORCE ROW LEVEL SECURITY;

CREATE TABLE public.usage_minute (
    at timestamp(3) with time zone NOT NULL,
    "tenantId" text NOT NULL,
    "adapterId" text NOT NULL,
    "versionId" text NOT NULL,
    "nodeId" text NOT NULL,
    kind public."TrafficKind" NOT NULL,
    via text NOT NULL,
    "instanceId" text NOT NULL,
    requests integer NOT NULL,
    answered integer NOT NULL,
    failed integer NOT NULL,
    refused integer NOT NULL,
    shed integer NOT NULL,
    "turnedAway" integer NOT NULL,
    fallbacks integer NOT NULL,
    uncounted integer NOT NULL,
    "promptTokens" bigint NOT NULL,
    "completionTokens" bigint NOT NULL,
    "busyMs" bigint NOT NULL,
    "fallbackReasons" json NOT NULL,
    "failureReasons" json NOT NULL,
    latency json NOT NULL,
    ttft json NOT NULL,
    "interToken" json NOT NULL,
    queued json NOT NULL,
    simulated boolean NOT NULL,
    "lastAt" timestamp(3) with time zone NOT NULL,
    "lastOutcome" text NOT NULL
)
PARTITION BY RANGE (at);

ALTER TABLE ONLY public.usage_minute FORCE ROW LEVEL SECURITY;

CREATE TABLE public."Adapter" (
    id text NOT NULL,
    "tenantId" text NOT NULL,
    "poolId" text NOT NULL,
    slug text NOT NULL,
    name text NOT NULL,
    "isDefault" boolean DEFAULT false NOT NULL,
    generation integer DEFAULT 1 NOT NULL,
    "createdAt" timestamp(3) with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,
    "updatedAt" timestamp(3) with time zone NOT NULL,
    "pinnedNodeIds" text[] DEFAULT ARRAY[]::text[],
    replicas integer
);

ALTER TABLE ONLY public."Adapter" FORCE ROW LEVEL SECURITY;

CREATE TABLE public."AdapterDemand" (
    "adapterId" text NOT NULL,
    "tenantId" text NOT NULL,
    "requestsPerMinute" double precision NOT NULL,
    "peakConcurrent" integer NOT NULL,
    "observedAt" timestamp(3) with time zone NOT NULL
);

ALTER TABLE ONLY public."AdapterDemand" FORCE ROW LEVEL SECURITY;

CREATE TABLE public."AdapterVersion" (
    id text NOT NULL,
    "tenantId" text NOT NULL,
    "adapterId" text NOT NULL,
    number integer NOT NULL,
    state public."VersionState" DEFAULT 'draft'::public."VersionState" NOT NULL,
    digest text,
    "loraName" text,
    "storePath" text,
    "sizeBytes" bigint DEFAULT 0 NOT NULL,
    rank integer,
    alpha double precision,
    "rsLora" boolean,
    "targetModules" text[],
    dtype text,
    "tensorCount" integer,
    "baseModel" text,
    "architectureChecksum" text,
    "tokenizerChecksum" text,
    "chatTemplateChecksum" text,
    "sequenceLimit" integer,
    "checkReport" jsonb,
    origin jsonb NOT NULL,
    generation integer DEFAULT 1 NOT NULL,
    "createdAt" timestamp(3) with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,
    "updatedAt" timestamp(3) with time zone NOT NULL,
    "moduleNorms" jsonb,
    "stateChangedAt" timestamp(3) with time zone,
    "stateReason" text,
    "verifiedAt" timestamp(3) with time zone,
    "rolledBackAt" timestamp(3) with time zone,
    "rolledBackBy" text,
    "rolledBackReason" text,
    "rolledBackCutoverId" text
);

ALTER TABLE ONLY public."AdapterVersion" FORCE ROW LEVEL SECURITY;

CREATE TABLE public."Alert" (
    id text NOT NULL,
    rule text NOT NULL,
    severity public."AlertSeverity" NOT NULL,
    state public."AlertState" NOT NULL,
    "dedupeKey" text NOT NULL,
    "openKey" text,
    "subjectType" text NOT NULL,
    "subjectId" text NOT NULL,
    "subjectName" text NOT NULL,
    "poolId" text,
    "nodeId" text,
    "tenantId" text,
    "versionId" text,
    what text NOT NULL,
    sentence text NOT NULL,
    evidence jsonb NOT NULL,
    tenants integer DEFAULT 0 NOT NULL,
    requests integer,
    "startedAt" timestamp(3) with time zone NOT NULL,
    "firedAt" timestamp(3) with time zone,
    "goodSince" timestamp(3) with time zone,
    "unknownSince" timestamp(3) with time zone,
    "resolvedAt" timestamp(3) with time zone,
    "acknowledgedAt" timestamp(3) with time zone,
    "acknowledgedBy" text,
    "causeId" text,
    "notifiedAt" timestamp(3) with time zone,
    diagnosis jsonb,
    hit jsonb
);

ALTER TABLE ONLY public."Alert" FORCE ROW LEVEL SECURITY;

CREATE TABLE public."AlertNote" (
    id text NOT NULL,
    "alertId" text NOT NULL,
    text text NOT NULL,
    by text NOT NULL,
    at timestamp(3) with time zone NOT NULL
);

ALTER TABLE ONLY public."AlertNote" FORCE ROW LEVEL SECURITY;

CREATE TABLE public."Annotation" (
    id text NOT NULL,
    at timestamp(3) with time zone NOT NULL,
    kind text NOT NULL,
    title text NOT NULL,
    "tenantId" text,
    "nodeId" text,
    ref jsonb
);

ALTER TABLE ONLY public."Annotation" FORCE ROW LEVEL SECURITY;

CREATE TABLE public."ApiKey" (
    id text NOT NULL,
    "tenantId" text,
    name text NOT NULL,
    prefix text NOT NULL,
    hash text NOT NULL,
    scopes text[],
    "createdById" text,
    "createdAt" timestamp(3) with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,
    "expiresAt" timestamp(3) with time zone,
    "revokedAt" timestamp(3) with time zone,
    "lastUsedAt" timestamp(3) with time zone,
    "nodeId" text
);

ALTER TABLE ONLY public."ApiKey" FORCE ROW LEVEL SECURITY;

CREATE TABLE public."Approval" (
    id text NOT NULL,
    "tenantId" text NOT NULL,
    "cutoverId" text NOT NULL,
    "runId" text,
    step public."ApprovalStep" NOT NULL,
    decider public."ApprovalDecider" NOT NULL,
    "approverRole" public."ApproverRole" NOT NULL,
    "onSilence" public."ApprovalSilence" NOT NULL,
    "cutoverGeneration" integer NOT NULL,
    state public."ApprovalState" DEFAULT 'pending'::public."ApprovalState" NOT NULL,
    "createdAt" timestamp(3) with time zone NOT NULL,
    "expiresAt" timestamp(3) with time zone NOT NULL,
    "remindAt" timestamp(3) with time zone,
    "askedAt" timestamp(3) with time zone,
    "remindedAt" timestamp(3) with time zone,
    "decidedBy" text,
    "decidedAt" timestamp(3) with time zone,
    comment text,
    reason text,
    "settledAt" timestamp(3) with time zone
);

ALTER TABLE ONLY public."Approval" FORCE ROW LEVEL SECURITY;

CREATE TABLE public."ApprovalMail" (
    "approvalId" text NOT NULL,
    address text NOT NULL,
    "askedAt" timestamp(3) with time zone,
    "remindedAt" timestamp(3) with time zone,
    tries integer DEFAULT 0 NOT NULL,
    "nextTryAt" timestamp(3) with time zone,
    refusal text
);

ALTER TABLE ONLY public."ApprovalMail" FORCE ROW LEVEL SECURITY;

CREATE TABLE public."AuditChain" (
    chain text NOT NULL,
    seq integer DEFAULT 0 NOT NULL,
    hash text NOT NULL
);

ALTER TABLE ONLY public."AuditChain" FORCE ROW LEVEL SECURITY;

CREATE TABLE public."AuditEntry" (
    id text NOT NULL,
    chain text NOT NULL,
    seq integer NOT NULL,
    at timestamp(3) with time zone NOT NULL,
    "tenantId" text,
    actor jsonb NOT NULL,
    action text NOT NULL,
    "objectType" text NOT NULL,
    "objectId" text NOT NULL,
    before jsonb,
    after jsonb,
    reason text,
    "requestId" text NOT NULL,
    "prevHash" text NOT NULL,
    hash text NOT NULL
);

ALTER TABLE ONLY public."AuditEntry" FORCE ROW LEVEL SECURITY;

CREATE TABLE public."ChartView" (
    id text NOT NULL,
    name text NOT NULL,
    search text NOT NULL,
    "savedBy" text NOT NULL,
    "savedAt" timestamp(3) with time zone NOT NULL
);

ALTER TABLE ONLY public."ChartView" FORCE ROW LEVEL SECURITY;

CREATE TABLE public."Control" (
    id text NOT NULL,
    kind public."ControlKind" NOT NULL,
    "tenantId" text,
    "nodeId" text,
    "wasCordoned" boolean DEFAULT false NOT NULL,
    reason text NOT NULL,
    "startedBy" text NOT NULL,
    "startedAt" timestamp(3) with time zone NOT NULL,
    "expiresAt" timestamp(3) with time zone NOT NULL,
    "renewedBy" text,
    "renewedAt" timestamp(3) with time zone,
    "endedAt" timestamp(3) with time zone,
    "endedBy" text,
    "endReason" text
);

ALTER TABLE ONLY public."Control" FORCE ROW LEVEL SECURITY;

CREATE TABLE public."Cutover" (
    id text NOT NULL,
    "tenantId" text NOT NULL,
    "adapterId" text NOT NULL,
    "fromVersionId" text,
    "toVersionId" text NOT NULL,
    "verdictId" text,
    "overrideReason" text,
    phase public."CutoverPhase" DEFAULT 'pending'::public."CutoverPhase" NOT NULL,
    message text,
    history jsonb DEFAULT '[]'::jsonb NOT NULL,
    "requestedBy" text NOT NULL,
    generation integer DEFAULT 1 NOT NULL,
    "createdAt" timestamp(3) with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,
    "updatedAt" timestamp(3) with time zone NOT NULL,
    "finishedAt" timestamp(3) with time zone,
    "fromOrigin" boolean DEFAULT false NOT NULL,
    "selfApproved" boolean DEFAULT false NOT NULL,
    "awaitingApproval" boolean DEFAULT false NOT NULL,
    guard jsonb,
    "guardedAt" timestamp(3) with time zone,
    paused boolean DEFAULT false NOT NULL,
    plan jsonb,
    "stepAt" timestamp(3) with time zone,
    "stepIndex" integer DEFAULT 0 NOT NULL,
    track jsonb,
    weight integer DEFAULT 0 NOT NULL,
    adopted boolean DEFAULT false NOT NULL
);

ALTER TABLE ONLY public."Cutover" FORCE ROW LEVEL SECURITY;

CREATE TABLE public."CutoverBatch" (
    id text NOT NULL,
    state public."BatchState" DEFAULT 'running'::public."BatchState" NOT NULL,
    "stoppedBy" public."BatchStop",
    "atOnce" integer NOT NULL,
    "stopAfterFailures" integer NOT NULL,
    "failuresForgiven" integer DEFAULT 0 NOT NULL,
    plan jsonb,
    "overrideReason" text,
    "startedBy" jsonb NOT NULL,
    "requestedBy" text NOT NULL,
    message text,
    history jsonb DEFAULT '[]'::jsonb NOT NULL,
    generation integer DEFAULT 1 NOT NULL,
    "createdAt" timestamp(3) with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,
    "finishedAt" timestamp(3) with time zone
);

CREATE TABLE public."CutoverBatchRow" (
    "batchId" text NOT NULL,
    "position" integer NOT NULL,
    "tenantId" text NOT NULL,
    "adapterId" text NOT NULL,
    "toVersionId" text NOT NULL,
    label text NOT NULL,
    state public."BatchRowState" DEFAULT 'waiting'::public."BatchRowState" NOT NULL,
    "cutoverId" text,
    code text,
    reason text,
    fix text,
    "startedAt" timestamp(3) with time zone,
    "endedAt" timestamp(3) with time zone
);

CREATE TABLE public."DeadManSwitch" (
    id integer DEFAULT 1 NOT NULL,
    host text NOT NULL,
    "sealedUrl" text NOT NULL,
    "everySeconds" integer NOT NULL,
    "lastBeatAt" timestamp(3) with time zone,
    "heldBackAt" timestamp(3) with time zone,
    "heldBackBecause" text,
    "lastError" text,
    generation integer DEFAULT 1 NOT NULL,
    "updatedAt" timestamp(3) with time zone NOT NULL
);

ALTER TABLE ONLY public."DeadManSwitch" FORCE ROW LEVEL SECURITY;

CREATE TABLE public."DerivedCheckpoint" (
    "nodeId" text NOT NULL,
    at timestamp(3) with time zone NOT NULL,
    state jsonb NOT NULL
);

ALTER TABLE ONLY public."DerivedCheckpoint" FORCE ROW LEVEL SECURITY;

CREATE TABLE public."Endpoint" (
    id text NOT NULL,
    "tenantId" text,
    name text NOT NULL,
    "baseUrl" text NOT NULL,
    model text,
    "sealedKey" text,
    gpus double precision,
    "costPerMonth" numeric(12,2),
    generation integer DEFAULT 1 NOT NULL,
    "createdAt" timestamp(3) with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,
    "updatedAt" timestamp(3) with time zone NOT NULL
);

ALTER TABLE ONLY public."Endpoint" FORCE ROW LEVEL SECURITY;

CREATE TABLE public."EvalCase" (
    id text NOT NULL,
    "tenantId" text NOT NULL,
    "suiteId" text NOT NULL,
    ordinal integer NOT NULL,
    category text NOT NULL,
    messages json NOT NULL,
    tools json NOT NULL,
    expected json NOT NULL,
    "holdOut" boolean DEFAULT false NOT NULL,
    tags text[] DEFAULT ARRAY[]::text[],
    template text,
    fingerprint text
);

ALTER TABLE ONLY public."EvalCase" FORCE ROW LEVEL SECURITY;

CREATE TABLE public."EvalRun" (
    id text NOT NULL,
    "tenantId" text NOT NULL,
    "suiteId" text NOT NULL,
    "adapterId" text NOT NULL,
    "candidateVersionId" text NOT NULL,
    "baselineVersionId" text,
    "baselineNodeId" text,
    state public."RunState" DEFAULT 'queued'::public."RunState" NOT NULL,
    message text,
    attempt integer DEFAULT 1 NOT NULL,
    "samplesTotal" integer DEFAULT 0 NOT NULL,
    "samplesDone" integer DEFAULT 0 NOT NULL,
    conditions jsonb DEFAULT '{}'::jsonb NOT NULL,
    "requestedBy" text NOT NULL,
    "createdAt" timestamp(3) with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,
    "startedAt" timestamp(3) with time zone,
    "finishedAt" timestamp(3) with time zone,
    "baselineKind" text DEFAULT 'live'::text NOT NULL,
    "baselineEndpointId" text,
    "pausedAt" timestamp(3) with time zone,
    "pausedBy" text,
    "yieldingSince" timestamp(3) with time zone,
    "askingSince" timestamp(3) with time zone,
    "baselineOrigin" jsonb,
    gates boolean DEFAULT true NOT NULL,
    "repliesDeletedAt" timestamp(3) with time zone
);

ALTER TABLE ONLY public."EvalRun" FORCE ROW LEVEL SECURITY;

CREATE TABLE public."EvalSample" (
    id text NOT NULL,
    "tenantId" text NOT NULL,
    "runId" text NOT NULL,
    "caseId" text NOT NULL,
    ordinal integer NOT NULL,
    side public."SampleSide" NOT NULL,
    mode public."DecodingMode" NOT NULL,
    seed integer,
    status text NOT NULL,
    kind text NOT NULL,
    detail jsonb,
    "rawReply" jsonb,
    "finishReason" text,
    "nodeName" text,
    "latencyMs" integer,
    attempts integer DEFAULT 1 NOT NULL,
    "createdAt" timestamp(3) with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,
    take integer DEFAULT 1 NOT NULL
);

ALTER TABLE ONLY public."EvalSample" FORCE ROW LEVEL SECURITY;

CREATE TABLE public."EvalSuite" (
    id text NOT NULL,
    "tenantId" text NOT NULL,
    name text NOT NULL,
    revision integer DEFAULT 1 NOT NULL,
    seed text,
    hash text NOT NULL,
    "caseCount" integer NOT NULL,
    "createdAt" timestamp(3) with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,
    source text DEFAULT 'generated'::text NOT NULL,
    "basedOnId" text,
    "templateId" text,
    remarks text[] DEFAULT ARRAY[]::text[],
    "heldOut" integer DEFAULT 0 NOT NULL,
    matchers jsonb DEFAULT '[]'::jsonb NOT NULL,
    generation integer DEFAULT 1 NOT NULL,
    "createdBy" text
);

ALTER TABLE ONLY public."EvalSuite" FORCE ROW LEVEL SECURITY;

CREATE TABLE public."EvalTemplate" (
    id text NOT NULL,
    name text NOT NULL,
    description text NOT NULL,
    patterns json NOT NULL,
    generation integer DEFAULT 1 NOT NULL,
    "createdAt" timestamp(3) with time zone NOT NULL,
    "updatedAt" timestamp(3) with time zone NOT NULL,
    "updatedBy" text NOT NULL
);

ALTER TABLE ONLY public."EvalTemplate" FORCE ROW LEVEL SECURITY;

CREATE TABLE public."Finding" (
    id text NOT NULL,
    pitfall text NOT NULL,
    severity public."FindingSeverity" NOT NULL,
    "dedupeKey" text NOT NULL,
    "openKey" text,
    "subjectType" text NOT NULL,
    "subjectId" text NOT NULL,
    "subjectName" text NOT NULL,
    "poolId" text NOT NULL,
    "nodeId" text,
    "tenantId" text,
    body jsonb NOT NULL,
    "firstSeenAt" timestamp(3) with time zone NOT NULL,
    "lastSeenAt" timestamp(3) with time zone NOT NULL,
    "goodSince" timestamp(3) with time zone,
    "clearedAt" timestamp(3) with time zone
);

ALTER TABLE ONLY public."Finding" FORCE ROW LEVEL SECURITY;

CREATE TABLE public."GatewayInstance" (
    id text NOT NULL,
    "startedAt" timestamp(3) with time zone NOT NULL,
    "seenAt" timestamp(3) with time zone NOT NULL,
    "snapshotAt" timestamp(3) with time zone,
    report jsonb NOT NULL
);

CREATE TABLE public."Hold" (
    "placementId" text NOT NULL,
    holder text NOT NULL,
    "tenantId" text NOT NULL,
    reason text NOT NULL,
    "createdAt" timestamp(3) with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL
);

ALTER TABLE ONLY public."Hold" FORCE ROW LEVEL SECURITY;

CREATE TABLE public."IdempotencyKey" (
    "actorKey" text NOT NULL,
    "tenantId" text,
    key text NOT NULL,
    operation text NOT NULL,
    "requestHash" text NOT NULL,
    status integer NOT NULL,
    response jsonb,
    "createdAt" timestamp(3) with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL
);

ALTER TABLE ONLY public."IdempotencyKey" FORCE ROW LEVEL SECURITY;

CREATE TABLE public."Import" (
    id text NOT NULL,
    name text NOT NULL,
    "poolId" text NOT NULL,
    kind public."ImportKind" NOT NULL,
    source jsonb DEFAULT '{}'::jsonb NOT NULL,
    state public."ImportState" DEFAULT 'open'::public."ImportState" NOT NULL,
    "jobId" text,
    "createdBy" text NOT NULL,
    generation integer DEFAULT 1 NOT NULL,
    "createdAt" timestamp(3) with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,
    "updatedAt" timestamp(3) with time zone NOT NULL
);

CREATE TABLE public."ImportRow" (
    id text NOT NULL,
    "importId" text NOT NULL,
    "position" integer NOT NULL,
    "tenantSlug" text NOT NULL,
    "tenantName" text NOT NULL,
    "adapterSlug" text NOT NULL,
    "adapterName" text NOT NULL,
    location text NOT NULL,
    "isGuess" boolean DEFAULT false NOT NULL,
    state public."ImportRowState" DEFAULT 'unchecked'::public."ImportRowState" NOT NULL,
    files jsonb DEFAULT '[]'::jsonb NOT NULL,
    findings jsonb DEFAULT '[]'::jsonb NOT NULL,
    facts jsonb,
    message text,
    "versionId" text,
    generation integer DEFAULT 1 NOT NULL,
    "updatedAt" timestamp(3) with time zone NOT NULL
);

CREATE TABLE public."ImportSource" (
    id text NOT NULL,
    name text NOT NULL,
    endpoint text NOT NULL,
    region text NOT NULL,
    bucket text NOT NULL,
    prefix text DEFAULT ''::text NOT NULL,
    "accessKeyId" text NOT NULL,
    "sealedSecret" text NOT NULL,
    generation integer DEFAULT 1 NOT NULL,
    "createdAt" timestamp(3) with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,
    "updatedAt" timestamp(3) with time zone NOT NULL,
    "lastUsedAt" timestamp(3) with time zone
);

CREATE TABLE public."Incident" (
    id text NOT NULL,
    title text NOT NULL,
    severity public."IncidentSeverity" NOT NULL,
    state public."IncidentState" NOT NULL,
    "startedAt" timestamp(3) with time zone NOT NULL,
    "endedAt" timestamp(3) with time zone,
    "poolId" text,
    "createdAt" timestamp(3) with time zone NOT NULL,
    "createdBy" text NOT NULL,
    "heldBy" text,
    "heldAt" timestamp(3) with time zone,
    "dismissReason" text,
    "closedAt" timestamp(3) with time zone,
    cause text,
    done text,
    actions text,
    impact jsonb,
    document text,
    generation integer DEFAULT 1 NOT NULL
);

ALTER TABLE ONLY public."Incident" FORCE ROW LEVEL SECURITY;

CREATE TABLE public."IncidentAlert" (
    "alertId" text NOT NULL,
    "incidentId" text NOT NULL,
    title text NOT NULL,
    "linkedAt" timestamp(3) with time zone NOT NULL
);

ALTER TABLE ONLY public."IncidentAlert" FORCE ROW LEVEL SECURITY;

CREATE TABLE public."IncidentEvent" (
    id text NOT NULL,
    "incidentId" text NOT NULL,
    at timestamp(3) with time zone NOT NULL,
    kind public."IncidentEventKind" NOT NULL,
    text text NOT NULL,
    by text NOT NULL
);

ALTER TABLE ONLY public."IncidentEvent" FORCE ROW LEVEL SECURITY;

CREATE TABLE public."IncidentTenant" (
    "incidentId" text NOT NULL,
    "tenantId" text NOT NULL
);

ALTER TABLE ONLY public."IncidentTenant" FORCE ROW LEVEL SECURITY;

CREATE TABLE public."IncidentUpdate" (
    id text NOT NULL,
    "incidentId" text NOT NULL,
    "eventId" text NOT NULL,
    "tenantId" text NOT NULL,
    status public."IncidentStatus" NOT NULL,
    text text NOT NULL,
    "startedAt" timestamp(3) with time zone NOT NULL,
    "publishedAt" timestamp(3) with time zone NOT NULL,
    by text NOT NULL
);

ALTER TABLE ONLY public."IncidentUpdate" FORCE ROW LEVEL SECURITY;

CREATE TABLE public."Job" (
    id text NOT NULL,
    kind text NOT NULL,
    title text NOT NULL,
    state public."JobState" DEFAULT 'queued'::public."JobState" NOT NULL,
    input jsonb DEFAULT '{}'::jsonb NOT NULL,
    "startedBy" jsonb NOT NULL,
    total integer NOT NULL,
    message text,
    "cancelRequestedAt" timestamp(3) with time zone,
    "createdAt" timestamp(3) with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,
    "startedAt" timestamp(3) with time zone,
    "finishedAt" timestamp(3) with time zone
);

CREATE TABLE public."JobItem" (
    "jobId" text NOT NULL,
    "position" integer NOT NULL,
    key text NOT NULL,
    label text NOT NULL,
    state public."JobItemState" DEFAULT 'pending'::public."JobItemState" NOT NULL,
    input jsonb DEFAULT '{}'::jsonb NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    message text DEFAULT ''::text NOT NULL,
    fix text,
    result jsonb,
    "startedAt" timestamp(3) with time zone,
    "finishedAt" timestamp(3) with time zone
);

CREATE TABLE public."Lease" (
    name text NOT NULL,
    holder text NOT NULL,
    term bigint DEFAULT 1 NOT NULL,
    "expiresAt" timestamp(3) with time zone NOT NULL,
    "lastRunAt" timestamp(3) with time zone,
    "lastError" text,
    note jsonb
);

CREATE TABLE public."LoadEvent" (
    id text NOT NULL,
    "nodeId" text NOT NULL,
    "tenantId" text,
    "versionId" text,
    "loraName" text,
    kind text NOT NULL,
    outcome text NOT NULL,
    "durationMs" integer,
    message text NOT NULL,
    at timestamp(3) with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL
);

ALTER TABLE ONLY public."LoadEvent" FORCE ROW LEVEL SECURITY;

CREATE TABLE public."Membership" (
    id text NOT NULL,
    "userId" text NOT NULL,
    "tenantId" text NOT NULL,
    role public."TenantRole" NOT NULL,
    "createdAt" timestamp(3) with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL
);

ALTER TABLE ONLY public."Membership" FORCE ROW LEVEL SECURITY;

CREATE TABLE public."Node" (
    id text NOT NULL,
    "poolId" text NOT NULL,
    name text NOT NULL,
    "baseUrl" text NOT NULL,
    "sealedKey" text,
    standalone boolean DEFAULT false NOT NULL,
    gpu text,
    "pricePerHour" numeric(10,4),
    "engineVersion" text,
    simulated boolean DEFAULT false NOT NULL,
    epoch integer DEFAULT 0 NOT NULL,
    "processStartedAt" timestamp(3) with time zone,
    cordoned boolean DEFAULT false NOT NULL,
    conditions jsonb DEFAULT '[]'::jsonb NOT NULL,
    "lastSeenAt" timestamp(3) with time zone,
    generation integer DEFAULT 1 NOT NULL,
    "createdAt" timestamp(3) with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,
    "updatedAt" timestamp(3) with time zone NOT NULL,
    "drainDeadline" timestamp(3) with time zone,
    fingerprints jsonb,
    limits jsonb,
    report jsonb,
    "reportedAt" timestamp(3) with time zone,
    "beganEmptyAt" timestamp(3) with time zone,
    backend text
);

CREATE TABLE public."Notification" (
    id text NOT NULL,
    "channelId" text NOT NULL,
    "alertId" text NOT NULL,
    event public."NotificationEvent" NOT NULL,
    payload jsonb NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    "lastError" text,
    "nextTryAt" timestamp(3) with time zone NOT NULL,
    "createdAt" timestamp(3) with time zone NOT NULL,
    "sentAt" timestamp(3) with time zone,
    "gaveUpAt" timestamp(3) with time zone
);

ALTER TABLE ONLY public."Notification" FORCE ROW LEVEL SECURITY;

CREATE TABLE public."NotificationChannel" (
    id text NOT NULL,
    name text NOT NULL,
    kind public."ChannelKind" NOT NULL,
    host text NOT NULL,
    "sealedUrl" text NOT NULL,
    "sealedSecret" text,
    generation integer DEFAULT 1 NOT NULL,
    "createdAt" timestamp(3) with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,
    "updatedAt" timestamp(3) with time zone NOT NULL
);

ALTER TABLE ONLY public."NotificationChannel" FORCE ROW LEVEL SECURITY;

CREATE TABLE public."Objective" (
    id text NOT NULL,
    "tenantId" text,
    "poolId" text,
    kind public."ObjectiveKind" NOT NULL,
    target double precision NOT NULL,
    "windowDays" integer NOT NULL,
    visibility public."ObjectiveVisibility" DEFAULT 'staff'::public."ObjectiveVisibility" NOT NULL,
    status public."ObjectiveStatus" NOT NULL,
    basis jsonb,
    "decidedBy" text,
    "decidedAt" timestamp(3) with time zone,
    "countedTo" timestamp(3) with time zone,
    generation integer DEFAULT 1 NOT NULL,
    "createdAt" timestamp(3) with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL
);

ALTER TABLE ONLY public."Objective" FORCE ROW LEVEL SECURITY;

CREATE TABLE public."ObjectiveCount" (
    "objectiveId" text NOT NULL,
    "stepSeconds" integer NOT NULL,
    at timestamp(3) with time zone NOT NULL,
    good integer NOT NULL,
    total integer NOT NULL,
    simulated boolean NOT NULL
);

ALTER TABLE ONLY public."ObjectiveCount" FORCE ROW LEVEL SECURITY;

CREATE TABLE public."OffboardingStep" (
    "tenantId" text NOT NULL,
    step text NOT NULL,
    "position" integer NOT NULL,
    state public."OffboardingStepState" DEFAULT 'waiting'::public."OffboardingStepState" NOT NULL,
    message text DEFAULT ''::text NOT NULL,
    record jsonb DEFAULT '{}'::jsonb NOT NULL,
    "startedAt" timestamp(3) with time zone,
    "finishedAt" timestamp(3) with time zone
);

ALTER TABLE ONLY public."OffboardingStep" FORCE ROW LEVEL SECURITY;

CREATE TABLE public."Placement" (
    id text NOT NULL,
    "tenantId" text NOT NULL,
    "versionId" text NOT NULL,
    "nodeId" text NOT NULL,
    desire public."PlacementDesire" DEFAULT 'present'::public."PlacementDesire" NOT NULL,
    generation integer DEFAULT 1 NOT NULL,
    "observedGeneration" integer DEFAULT 0 NOT NULL,
    condition jsonb,
    attempts integer DEFAULT 0 NOT NULL,
    "nextAttemptAt" timestamp(3) with time zone,
    "createdAt" timestamp(3) with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,
    "updatedAt" timestamp(3) with time zone NOT NULL,
    "unloadedAt" timestamp(3) with time zone,
    "unloadedEpoch" integer
);

ALTER TABLE ONLY public."Placement" FORCE ROW LEVEL SECURITY;

CREATE TABLE public."Pool" (
    id text NOT NULL,
    slug text NOT NULL,
    name text NOT NULL,
    "baseModel" text NOT NULL,
    "baseRevision" text,
    "baseConfig" jsonb NOT NULL,
    "architectureChecksum" text NOT NULL,
    "tokenizerChecksum" text NOT NULL,
    "chatTemplateChecksum" text,
    dtype text NOT NULL,
    "maxModelLen" integer NOT NULL,
    "maxLoras" integer NOT NULL,
    "maxLoraRank" integer NOT NULL,
    "maxCpuLoras" integer NOT NULL,
    "gpuMemoryUtilization" double precision NOT NULL,
    "adapterDirectory" text NOT NULL,
    fallback public."FallbackPolicy" DEFAULT 'base_model'::public."FallbackPolicy" NOT NULL,
    "maxBatchWaitMs" integer DEFAULT 50 NOT NULL,
    generation integer DEFAULT 1 NOT NULL,
    "createdAt" timestamp(3) with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,
    "updatedAt" timestamp(3) with time zone NOT NULL,
    delivery public."Delivery" DEFAULT 'shared'::public."Delivery" NOT NULL,
    "driftPolicy" public."DriftPolicy" DEFAULT 'keep'::public."DriftPolicy" NOT NULL,
    replicas integer,
    "restartStep" public."RestartStep" DEFAULT 'manual'::public."RestartStep" NOT NULL,
    "restartUrl" text,
    "sealedRestartSecret" text,
    "hostedEndpointId" text,
    "maxInFlight" integer DEFAULT 256 NOT NULL,
    "queueMax" integer DEFAULT 512 NOT NULL,
    "saturationWaitMs" integer DEFAULT 5000 NOT NULL,
    "baseAliases" text[] DEFAULT ARRAY[]::text[],
    "chatTemplate" text,
    "servesEmbeddings" boolean DEFAULT false NOT NULL,
    "servesResponses" boolean DEFAULT false NOT NULL
);

CREATE TABLE public."RecordedCase" (
    id text NOT NULL,
    "recordingId" text NOT NULL,
    "tenantId" text NOT NULL,
    "adapterId" text NOT NULL,
    "versionId" text NOT NULL,
    "askedAt" timestamp(3) with time zone NOT NULL,
    "deleteAt" timestamp(3) with time zone NOT NULL,
    category text NOT NULL,
    prompt json NOT NULL,
    fingerprint text NOT NULL
);

ALTER TABLE ONLY public."RecordedCase" FORCE ROW LEVEL SECURITY;

CREATE TABLE public."Recording" (
    id text NOT NULL,
    "tenantId" text NOT NULL,
    "adapterId" text NOT NULL,
    "perCent" integer NOT NULL,
    most integer NOT NULL,
    words text[],
    "startedBy" text NOT NULL,
    "startedAt" timestamp(3) with time zone NOT NULL,
    until timestamp(3) with time zone NOT NULL,
    "endedAt" timestamp(3) with time zone,
    "endedBy" text,
    "endReason" text,
    "openFor" text,
    looked integer DEFAULT 0 NOT NULL,
    kept integer DEFAULT 0 NOT NULL,
    repeated integer DEFAULT 0 NOT NULL,
    unusable jsonb DEFAULT '{}'::jsonb NOT NULL,
    "endedByCustomer" boolean DEFAULT false NOT NULL
);

ALTER TABLE ONLY public."Recording" FORCE ROW LEVEL SECURITY;

CREATE TABLE public."Registration" (
    id text NOT NULL,
    "nodeId" text NOT NULL,
    "loraName" text NOT NULL,
    "tenantId" text,
    "versionId" text,
    epoch integer NOT NULL,
    state public."RegistrationState" DEFAULT 'loaded'::public."RegistrationState" NOT NULL,
    probe jsonb,
    "loadedAt" timestamp(3) with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,
    "seenAt" timestamp(3) with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,
    "verifiedDigest" text
);

ALTER TABLE ONLY public."Registration" FORCE ROW LEVEL SECURITY;

CREATE TABLE public."Residency" (
    "nodeId" text NOT NULL,
    "loraName" text NOT NULL,
    tier public."ResidencyTier" NOT NULL,
    epoch integer NOT NULL,
    since timestamp(3) with time zone NOT NULL,
    "seenAt" timestamp(3) with time zone NOT NULL
);

CREATE TABLE public."Rollout" (
    id text NOT NULL,
    "poolId" text NOT NULL,
    state public."RolloutState" DEFAULT 'running'::public."RolloutState" NOT NULL,
    before jsonb NOT NULL,
    target jsonb NOT NULL,
    "drainSeconds" integer NOT NULL,
    "restartSeconds" integer NOT NULL,
    message text,
    "startedBy" jsonb NOT NULL,
    generation integer DEFAULT 1 NOT NULL,
    "createdAt" timestamp(3) with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,
    "updatedAt" timestamp(3) with time zone NOT NULL,
    "finishedAt" timestamp(3) with time zone
);

CREATE TABLE public."RolloutNode" (
    "rolloutId" text NOT NULL,
    "nodeId" text NOT NULL,
    "position" integer NOT NULL,
    phase public."RolloutPhase" DEFAULT 'pending'::public."RolloutPhase" NOT NULL,
    message text DEFAULT ''::text NOT NULL,
    "epochBefore" integer,
    deadline timestamp(3) with time zone,
    "wasCordoned" boolean DEFAULT false NOT NULL,
    "routableBefore" text[] DEFAULT ARRAY[]::text[],
    "askedAt" timestamp(3) with time zone,
    "askAttempts" integer DEFAULT 0 NOT NULL,
    "nextAskAt" timestamp(3) with time zone,
    since timestamp(3) with time zone NOT NULL
);

CREATE TABLE public."Route" (
    id text NOT NULL,
    "tenantId" text NOT NULL,
    "adapterId" text NOT NULL,
    "liveVersionId" text,
    "previousVersionId" text,
    "liveSince" timestamp(3) with time zone,
    generation integer DEFAULT 1 NOT NULL,
    "updatedAt" timestamp(3) with time zone NOT NULL,
    "candidateVersionId" text,
    "candidateWeight" integer DEFAULT 0 NOT NULL,
    "mirrorShare" integer DEFAULT 0 NOT NULL,
    "mirrorVersionId" text,
    "originEndedAt" timestamp(3) with time zone,
    "originEndpointId" text,
    "originUntil" timestamp(3) with time zone
);

ALTER TABLE ONLY public."Route" FORCE ROW LEVEL SECURITY;

CREATE TABLE public."ServiceCondition" (
    subject text NOT NULL,
    type text NOT NULL,
    "tenantId" text,
    status text NOT NULL,
    reason text NOT NULL,
    message text NOT NULL,
    "lastTransitionTime" timestamp(3) with time zone NOT NULL,
    "observedAt" timestamp(3) with time zone NOT NULL
);

ALTER TABLE ONLY public."ServiceCondition" FORCE ROW LEVEL SECURITY;

CREATE TABLE public."Session" (
    id text NOT NULL,
    "userId" text NOT NULL,
    "userAgent" text,
    "createdAt" timestamp(3) with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,
    "lastSeenAt" timestamp(3) with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,
    "expiresAt" timestamp(3) with time zone NOT NULL,
    "revokedAt" timestamp(3) with time zone
);

CREATE TABLE public."Setting" (
    key text NOT NULL,
    value jsonb NOT NULL,
    generation integer DEFAULT 1 NOT NULL,
    "updatedAt" timestamp(3) with time zone NOT NULL
);

CREATE TABLE public."SignInAttempt" (
    id bigint NOT NULL,
    subject text NOT NULL,
    succeeded boolean NOT NULL,
    at timestamp(3) with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL
);

CREATE SEQUENCE public."SignInAttempt_id_seq"
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public."SignInAttempt_id_seq" OWNED BY public."SignInAttempt".id;

CREATE TABLE public."Silence" (
    id text NOT NULL,
    "dedupeKey" text NOT NULL,
    reason text NOT NULL,
    by text NOT NULL,
    at timestamp(3) with time zone NOT NULL,
    until timestamp(3) with time zone NOT NULL
);

ALTER TABLE ONLY public."Silence" FORCE ROW LEVEL SECURITY;

CREATE TABLE public."Tenant" (
    id text NOT NULL,
    slug text NOT NULL,
    name text NOT NULL,
    status public."TenantStatus" DEFAULT 'active'::public."TenantStatus" NOT NULL,
    fallback public."FallbackPolicy" DEFAULT 'base_model'::public."FallbackPolicy" NOT NULL,
    "allowBaseModel" boolean DEFAULT false NOT NULL,
    generation integer DEFAULT 1 NOT NULL,
    "createdAt" timestamp(3) with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,
    "updatedAt" timestamp(3) with time zone NOT NULL,
    "hostedEndpointId" text,
    "maxConcurrent" integer,
    "requestsPerMinute" integer,
    "tokensPerMinute" integer,
    weight integer DEFAULT 1 NOT NULL,
    "releasePolicy" jsonb
);

ALTER TABLE ONLY public."Tenant" FORCE ROW LEVEL SECURITY;

CREATE TABLE public."TenantTools" (
    "tenantId" text NOT NULL,
    tools json NOT NULL,
    roles jsonb NOT NULL,
    hash text NOT NULL,
    generation integer DEFAULT 1 NOT NULL,
    "updatedAt" timestamp(3) with time zone NOT NULL,
    "updatedBy" text NOT NULL
);

ALTER TABLE ONLY public."TenantTools" FORCE ROW LEVEL SECURITY;

CREATE TABLE public."User" (
    id text NOT NULL,
    email text NOT NULL,
    name text NOT NULL,
    "passwordHash" text,
    "staffRole" public."StaffRole",
    "disabledAt" timestamp(3) with time zone,
    "createdAt" timestamp(3) with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,
    "createdById" text
);

CREATE TABLE public."Verdict" (
    id text NOT NULL,
    "tenantId" text NOT NULL,
    "runId" text NOT NULL,
    "versionId" text NOT NULL,
    outcome public."VerdictOutcome" NOT NULL,
    modes jsonb NOT NULL,
    reasons jsonb NOT NULL,
    "createdAt" timestamp(3) with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL
);

ALTER TABLE ONLY public."Verdict" FORCE ROW LEVEL SECURITY;

CREATE TABLE public."VersionFile" (
    id text NOT NULL,
    "tenantId" text NOT NULL,
    "versionId" text NOT NULL,
    path text NOT NULL,
    "sizeBytes" bigint NOT NULL,
    "receivedBytes" bigint DEFAULT 0 NOT NULL,
    sha256 text,
    "receivedAt" timestamp(3) with time zone,
    "expectedSha256" text
);

ALTER TABLE ONLY public."VersionFile" FORCE ROW LEVEL SECURITY;

CREATE TABLE public."VersionRelease" (
    "versionId" text NOT NULL,
    "tenantId" text NOT NULL,
    action public."ReleaseAction" NOT NULL,
    tries integer DEFAULT 0 NOT NULL,
    message text NOT NULL,
    "failedAt" timestamp(3) with time zone,
    "nextTryAt" timestamp(3) with time zone,
    "updatedAt" timestamp(3) with time zone NOT NULL
);

ALTER TABLE ONLY public."VersionRelease" FORCE ROW LEVEL SECURITY;

CREATE TABLE public."VersionRetention" (
    "versionId" text NOT NULL,
    holder text NOT NULL,
    "tenantId" text NOT NULL,
    reason text NOT NULL,
    "createdAt" timestamp(3) with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL
);

ALTER TABLE ONLY public."VersionRetention" FORCE ROW LEVEL SECURITY;

CREATE TABLE public."WorkerInstance" (
    id text NOT NULL,
    "startedAt" timestamp(3) with time zone NOT NULL,
    "seenAt" timestamp(3) with time zone NOT NULL,
    report jsonb NOT NULL
);

ALTER TABLE ONLY public."WorkerInstance" FORCE ROW LEVEL SECURITY;

CREATE TABLE public.usage_pending (
    "stepSeconds" integer NOT NULL,
    at timestamp(3) with time zone NOT NULL
);

ALTER TABLE ONLY public.usage_pending FORCE ROW LEVEL SECURITY;

CREATE VIEW reporting.histogram_bounds AS
 SELECT histogram_bounds.id,
    histogram_bounds.upper_bounds
   FROM metrics.histogram_bounds;

COMMENT ON VIEW reporting.histogram_bounds IS 'Upper bounds of the buckets of histograms, ascending; the last count of a histogram lies above all of them.';

CREATE VIEW reporting.node_cache_minute AS
 SELECT n.name AS node,
    p.name AS pool,
    m.node_id,
    m.at,
    m.source,
    m.seconds,
    m.simulated,
    m.evictions_gpu,
    m.evictions_cpu,
    m.swaps_gpu,
    m.swaps_cpu,
    m.swaps_disk,
    m.adapters_peak,
    m.doubt,
    m.counted_requests,
    m.own_requests
   FROM ((metrics.node_cache_minute m
     JOIN public."Node" n ON ((n.id = m.node_id)))
     JOIN public."Pool" p ON ((p.id = n."poolId")));

COMMENT ON VIEW reporting.node_cache_minute IS 'Evictions and swaps of each node in each minute. "source": measured = the node counted them; derived = they follow from our own requests and loads; inferred = the same, but "doubt" says why they may be off. Take measured rows where there are any. Kept 31 days.';

CREATE VIEW reporting.node_hour AS
 SELECT n.name AS node,
    p.name AS pool,
    m.node_id,
    m.at,
    m.looks,
    m.seconds,
    m.simulated,
    m.requests,
    m.prompt_tokens,
    m.generation_tokens,
    m.preemptions,
    m.prefix_cache_queries,
    m.prefix_cache_hits,
    m.lookups_gpu,
    m.lookups_cpu,
    m.hits_gpu,
    m.hits_cpu,
    m.running_mean,
    m.running_max,
    m.waiting_mean,
    m.waiting_max,
    m.deferred_mean,
    m.deferred_max,
    m.slots_gpu_mean,
    m.slots_gpu_max,
    m.slots_cpu_mean,
    m.slots_cpu_max,
    m.kv_cache_usage_mean,
    m.kv_cache_usage_max,
    m.adapters_in_use_mean,
    m.adapters_in_use_max,
    m.resident_gpu_mean,
    m.resident_gpu_max,
    m.resident_cpu_mean,
    m.resident_cpu_max,
    m.latency_seconds,
    m.latency_seconds_bounds,
    m.ttft_seconds,
    m.ttft_seconds_bounds,
    m.inter_token_seconds,
    m.inter_token_seconds_bounds,
    m.queue_seconds,
    m.queue_seconds_bounds,
    m.batch_adapters,
    m.batch_adapters_bounds,
    m.swap_cpu_seconds,
    m.swap_cpu_seconds_bounds,
    m.swap_disk_seconds,
    m.swap_disk_seconds_bounds
   FROM ((metrics.node_hour m
     JOIN public."Node" n ON ((n.id = m.node_id)))
     JOIN public."Pool" p ON ((p.id = n."poolId")));

COMMENT ON VIEW reporting.node_hour IS 'As reporting.node_minute, by the hour. Kept 400 days.';

CREATE VIEW reporting.node_minute AS
 SELECT n.name AS node,
    p.name AS pool,
    m.node_id,
    m.at,
    m.looks,
    m.seconds,
    m.simulated,
    m.requests,
    m.prompt_tokens,
    m.generation_tokens,
    m.preemptions,
    m.prefix_cache_queries,
    m.prefix_cache_hits,
    m.lookups_gpu,
    m.lookups_cpu,
    m.hits_gpu,
    m.hits_cpu,
    m.running_mean,
    m.running_max,
    m.waiting_mean,
    m.waiting_max,
    m.deferred_mean,
    m.deferred_max,
    m.slots_gpu_mean,
    m.slots_gpu_max,
    m.slots_cpu_mean,
    m.slots_cpu_max,
    m.kv_cache_usage_mean,
    m.kv_cache_usage_max,
    m.adapters_in_use_mean,
    m.adapters_in_use_max,
    m.resident_gpu_mean,
    m.resident_gpu_max,
    m.resident_cpu_mean,
    m.resident_cpu_max,
    m.latency_seconds,
    m.latency_seconds_bounds,
    m.ttft_seconds,
    m.ttft_seconds_bounds,
    m.inter_token_seconds,
    m.inter_token_seconds_bounds,
    m.queue_seconds,
    m.queue_seconds_bounds,
    m.batch_adapters,
    m.batch_adapters_bounds,
    m.swap_cpu_seconds,
    m.swap_cpu_seconds_bounds,
    m.swap_disk_seconds,
    m.swap_disk_seconds_bounds
   FROM ((metrics.node_minute m
     JOIN public."Node" n ON ((n.id = m.node_id)))
     JOIN public."Pool" p ON ((p.id = n."poolId")));

COMMENT ON VIEW reporting.node_minute IS 'What each node counted itself in each minute (UTC). Counters and histograms are increases; NULL = the node did not say. "seconds" is how much of the minute was seen: a rate is the increase divided by it. Kept 31 days.';

COMMENT ON COLUMN reporting.node_minute.latency_seconds IS 'Requests by latency: counts of buckets, one more than "latency_seconds_bounds" has in reporting.histogram_bounds.';

CREATE VIEW reporting.request AS
 SELECT r.id AS request_id,
    r."arrivedAt" AS arrived_at,
    t.slug AS tenant,
    a.slug AS adapter,
    v.number AS version,
    n.name AS node,
    (r.kind)::text AS kind,
    (r.via)::text AS via,
    r.status,
    r.reason,
    r."fallbackReason" AS fallback_reason,
    r.path,
    r.stream AS is_stream,
    r.attempts,
    r."expectedTier" AS expected_tier,
    (date_part('epoch'::text, (r."endedAt" - r."arrivedAt")) * (1000)::double precision) AS latency_ms,
        CASE
            WHEN r.stream THEN (date_part('epoch'::text, (r."firstByteAt" - r."arrivedAt")) * (1000)::double precision)
            ELSE NULL::double precision
        END AS ttft_ms,
    r."queuedMs" AS queued_ms,
    r."promptTokens" AS prompt_tokens,
    r."completionTokens" AS completion_tokens,
    r."dispatchedAt" AS dispatched_at,
    r."firstByteAt" AS first_byte_at,
    r."endedAt" AS ended_at,
    r.simulated,
    r."tenantId" AS tenant_id,
    r."adapterId" AS adapter_id,
    r."versionId" AS version_id,
    r."nodeId" AS node_id,
    r."endpointId" AS endpoint_id
   FROM ((((public.request r
     LEFT JOIN public."Tenant" t ON ((t.id = r."tenantId")))
     LEFT JOIN public."Adapter" a ON ((a.id = r."adapterId")))
     LEFT JOIN public."AdapterVersion" v ON ((v.id = r."versionId")))
     LEFT JOIN public."Node" n ON ((n.id = r."nodeId")));

COMMENT ON VIEW reporting.request IS 'One row per request through the gateway, without its content. Kept 31 days.';

COMMENT ON COLUMN reporting.request.version IS 'The version that answered; NULL = the base model or an endpoint did, or nothing.';

COMMENT ON COLUMN reporting.request.kind IS 'user, eval, shadow (a copy of a customer''s request) or probe.';

COMMENT ON COLUMN reporting.request.via IS 'primary, previous_version, base_model, hosted_provider or origin; NULL = nothing answered.';

COMMENT ON COLUMN reporting.request.reason IS 'Code of a refusal or a failure.';

COMMENT ON COLUMN reporting.request.fallback_reason IS 'Why something other than the live version answered; NULL = nothing else did.';

COMMENT ON COLUMN reporting.request.expected_tier IS 'Where the gateway expected the weights: gpu, cpu, disk or unknown; NULL = no adapter.';

COMMENT ON COLUMN reporting.request.latency_ms IS 'From arrival at the gateway to the last byte.';

COMMENT ON COLUMN reporting.request.ttft_ms IS 'From arrival at the gateway to the first byte of a stream; NULL = no stream.';

COMMENT ON COLUMN reporting.request.queued_ms IS 'Waiting for a place at the gateway; NULL = it never got that far.';

COMMENT ON COLUMN reporting.request.endpoint_id IS 'The origin or provider that answered instead of a node.';

CREATE VIEW reporting.usage_hour AS
 SELECT u.at,
    t.slug AS tenant,
    a.slug AS adapter,
    v.number AS version,
    n.name AS node,
    (u.kind)::text AS kind,
    NULLIF(u.via, ''::text) AS via,
    NULL::text AS gateway_id,
    u.requests,
    u.answered,
    u.failed,
    u.refused,
    u.shed,
    u."turnedAway" AS turned_away,
    u.fallbacks,
    u."fallbackReasons" AS fallback_reasons,
    u."failureReasons" AS failure_reasons,
    u."promptTokens" AS prompt_tokens,
    u."completionTokens" AS completion_tokens,
    u.uncounted AS without_tokens,
    u."busyMs" AS busy_ms,
    u.latency AS latency_histogram,
    u.ttft AS ttft_histogram,
    u."interToken" AS inter_token_histogram,
    u.queued AS queued_histogram,
    u."lastAt" AS last_ended_at,
    u.simulated,
    u."tenantId" AS tenant_id,
    NULLIF(u."adapterId", ''::text) AS adapter_id,
    NULLIF(u."versionId", ''::text) AS version_id,
    NULLIF(u."nodeId", ''::text) AS node_id
   FROM ((((public.usage_hour u
     LEFT JOIN public."Tenant" t ON ((t.id = u."tenantId")))
     LEFT JOIN public."Adapter" a ON ((a.id = u."adapterId")))
     LEFT JOIN public."AdapterVersion" v ON ((v.id = u."versionId")))
     LEFT JOIN public."Node" n ON ((n.id = u."nodeId")));

COMMENT ON VIEW reporting.usage_hour IS 'The same by the hour, over all gateways. Complete some minutes after the hour. Kept 400 days.';

COMMENT ON COLUMN reporting.usage_hour.at IS 'Start of the step. A request counts in the minute in which it ended.';

COMMENT ON COLUMN reporting.usage_hour.answered IS 'With a status below 400.';

COMMENT ON COLUMN reporting.usage_hour.failed IS 'With a status of 500 or more.';

COMMENT ON COLUMN reporting.usage_hour.refused IS 'With a status of 400 to 499, 429 aside; 499 = the client left.';

COMMENT ON COLUMN reporting.usage_hour.shed IS 'With 429: over a limit of the tenant, or no place in time.';

COMMENT ON COLUMN reporting.usage_hour.turned_away IS 'Of shed: for want of room, or by a manual override.';

COMMENT ON COLUMN reporting.usage_hour.fallbacks IS 'Of answered: by something other than the live version.';

COMMENT ON COLUMN reporting.usage_hour.fallback_reasons IS '{reason: fallbacks}; sum with sum_counts().';

COMMENT ON COLUMN reporting.usage_hour.failure_reasons IS '{code: requests} of failed and turned_away.';

COMMENT ON COLUMN reporting.usage_hour.without_tokens IS 'Of answered: replies that reported no tokens.';

COMMENT ON COLUMN reporting.usage_hour.busy_ms IS 'Time from dispatch to end, at most a minute of each, summed; by the ms of the step it is how many ran at once.';

COMMENT ON COLUMN reporting.usage_hour.latency_histogram IS '{bucket: answered requests} from arrival to the last byte; see reporting.quantile_ms().';

COMMENT ON COLUMN reporting.usage_hour.ttft_histogram IS '{bucket: streams} from arrival to the first byte.';

COMMENT ON COLUMN reporting.usage_hour.inter_token_histogram IS '{bucket: gaps} between the chunks of streams.';

COMMENT ON COLUMN reporting.usage_hour.queued_histogram IS '{bucket: requests} waiting for a place at the gateway.';

CREATE VIEW reporting.usage_minute AS
 SELECT u.at,
    t.slug AS tenant,
    a.slug AS adapter,
    v.number AS version,
    n.name AS node,
    (u.kind)::text AS kind,
    NULLIF(u.via, ''::text) AS via,
    u."instanceId" AS gateway_id,
    u.requests,
    u.answered,
    u.failed,
    u.refused,
    u.shed,
    u."turnedAway" AS turned_away,
    u.fallbacks,
    u."fallbackReasons" AS fallback_reasons,
    u."failureReasons" AS failure_reasons,
    u."promptTokens" AS prompt_tokens,
    u."completionTokens" AS completion_tokens,
    u.uncounted AS without_tokens,
    u."busyMs" AS busy_ms,
    u.latency AS latency_histogram,
    u.ttft AS ttft_histogram,
    u."interToken" AS inter_token_histogram,
    u.queued AS queued_histogram,
    u."lastAt" AS last_ended_at,
    u.simulated,
    u."tenantId" AS tenant_id,
    NULLIF(u."adapterId", ''::text) AS adapter_id,
    NULLIF(u."versionId", ''::text) AS version_id,
    NULLIF(u."nodeId", ''::text) AS node_id
   FROM ((((public.usage_minute u
     LEFT JOIN public."Tenant" t ON ((t.id = u."tenantId")))
     LEFT JOIN public."Adapter" a ON ((a.id = u."adapterId")))
     LEFT JOIN public."AdapterVersion" v ON ((v.id = u."versionId")))
     LEFT JOIN public."Node" n ON ((n.id = u."nodeId")));

COMMENT ON VIEW reporting.usage_minute IS 'Requests by minute, tenant, adapter version, node, kind, way of answering (via) and gateway. Kept 31 days.';

COMMENT ON COLUMN reporting.usage_minute.at IS 'Start of the step. A request counts in the minute in which it ended.';

COMMENT ON COLUMN reporting.usage_minute.answered IS 'With a status below 400.';

COMMENT ON COLUMN reporting.usage_minute.failed IS 'With a status of 500 or more.';

COMMENT ON COLUMN reporting.usage_minute.refused IS 'With a status of 400 to 499, 429 aside; 499 = the client left.';

COMMENT ON COLUMN reporting.usage_minute.shed IS 'With 429: over a limit of the tenant, or no place in time.';

COMMENT ON COLUMN reporting.usage_minute.turned_away IS 'Of shed: for want of room, or by a manual override.';

COMMENT ON COLUMN reporting.usage_minute.fallbacks IS 'Of answered: by something other than the live version.';

COMMENT ON COLUMN reporting.usage_minute.fallback_reasons IS '{reason: fallbacks}; sum with sum_counts().';

COMMENT ON COLUMN reporting.usage_minute.failure_reasons IS '{code: requests} of failed and turned_away.';

COMMENT ON COLUMN reporting.usage_minute.without_tokens IS 'Of answered: replies that reported no tokens.';

COMMENT ON COLUMN reporting.usage_minute.busy_ms IS 'Time from dispatch to end, at most a minute of each, summed; by the ms of the step it is how many ran at once.';

COMMENT ON COLUMN reporting.usage_minute.latency_histogram IS '{bucket: answered requests} from arrival to the last byte; see reporting.quantile_ms().';

COMMENT ON COLUMN reporting.usage_minute.ttft_histogram IS '{bucket: streams} from arrival to the first byte.';

COMMENT ON COLUMN reporting.usage_minute.inter_token_histogram IS '{bucket: gaps} between the chunks of streams.';

COMMENT ON COLUMN reporting.usage_minute.queued_histogram IS '{bucket: requests} waiting for a place at the gateway.';

ALTER TABLE ONLY public."SignInAttempt" ALTER COLUMN id SET DEFAULT nextval('public."SignInAttempt_id_seq"'::regclass);

ALTER TABLE metrics.histogram_bounds ADD CONSTRAINT histogram_bounds_pkey PRIMARY KEY (id);
ALTER TABLE metrics.node_5_minutes ADD CONSTRAINT node_5_minutes_pkey PRIMARY KEY (node_id, at);
ALTER TABLE metrics.node_cache_5_minutes ADD CONSTRAINT node_cache_5_minutes_pkey PRIMARY KEY (node_id, at, source);
ALTER TABLE metrics.node_cache_hour ADD CONSTRAINT node_cache_hour_pkey PRIMARY KEY (node_id, at, source);
ALTER TABLE metrics.node_cache_minute ADD CONSTRAINT node_cache_minute_pkey PRIMARY KEY (node_id, at, source);
ALTER TABLE metrics.node_hour ADD CONSTRAINT node_hour_pkey PRIMARY KEY (node_id, at);
ALTER TABLE metrics.node_look ADD CONSTRAINT node_look_pkey PRIMARY KEY (node_id);
ALTER TABLE metrics.node_minute ADD CONSTRAINT node_minute_pkey PRIMARY KEY (node_id, at);
ALTER TABLE public."AdapterDemand" ADD CONSTRAINT "AdapterDemand_pkey" PRIMARY KEY ("adapterId");
ALTER TABLE public."AdapterVersion" ADD CONSTRAINT "AdapterVersion_pkey" PRIMARY KEY (id);
ALTER TABLE public."Adapter" ADD CONSTRAINT "Adapter_pkey" PRIMARY KEY (id);
ALTER TABLE public."AlertNote" ADD CONSTRAINT "AlertNote_pkey" PRIMARY KEY (id);
ALTER TABLE public."Alert" ADD CONSTRAINT "Alert_pkey" PRIMARY KEY (id);
ALTER TABLE public."Annotation" ADD CONSTRAINT "Annotation_pkey" PRIMARY KEY (id);
ALTER TABLE public."ApiKey" ADD CONSTRAINT "ApiKey_pkey" PRIMARY KEY (id);
ALTER TABLE public."ApprovalMail" ADD CONSTRAINT "ApprovalMail_pkey" PRIMARY KEY ("approvalId", address);
ALTER TABLE public."Approval" ADD CONSTRAINT "Approval_pkey" PRIMARY KEY (id);
ALTER TABLE public."AuditChain" ADD CONSTRAINT "AuditChain_pkey" PRIMARY KEY (chain);
ALTER TABLE public."AuditEntry" ADD CONSTRAINT "AuditEntry_pkey" PRIMARY KEY (id);
ALTER TABLE public."ChartView" ADD CONSTRAINT "ChartView_pkey" PRIMARY KEY (id);
ALTER TABLE public."Control" ADD CONSTRAINT "Control_pkey" PRIMARY KEY (id);
ALTER TABLE public."CutoverBatchRow" ADD CONSTRAINT "CutoverBatchRow_pkey" PRIMARY KEY ("batchId", "position");
ALTER TABLE public."CutoverBatch" ADD CONSTRAINT "CutoverBatch_pkey" PRIMARY KEY (id);
ALTER TABLE public."Cutover" ADD CONSTRAINT "Cutover_pkey" PRIMARY KEY (id);
ALTER TABLE public."DeadManSwitch" ADD CONSTRAINT "DeadManSwitch_pkey" PRIMARY KEY (id);
ALTER TABLE public."DerivedCheckpoint" ADD CONSTRAINT "DerivedCheckpoint_pkey" PRIMARY KEY ("nodeId");
ALTER TABLE public."Endpoint" ADD CONSTRAINT "Endpoint_pkey" PRIMARY KEY (id);
ALTER TABLE public."EvalCase" ADD CONSTRAINT "EvalCase_pkey" PRIMARY KEY (id);
ALTER TABLE public."EvalRun" ADD CONSTRAINT "EvalRun_pkey" PRIMARY KEY (id);
ALTER TABLE public."EvalSample" ADD CONSTRAINT "EvalSample_pkey" PRIMARY KEY (id);
ALTER TABLE public."EvalSuite" ADD CONSTRAINT "EvalSuite_pkey" PRIMARY KEY (id);
ALTER TABLE public."EvalTemplate" ADD CONSTRAINT "EvalTemplate_pkey" PRIMARY KEY (id);
ALTER TABLE public."Finding" ADD CONSTRAINT "Finding_pkey" PRIMARY KEY (id);
ALTER TABLE public."GatewayInstance" ADD CONSTRAINT "GatewayInstance_pkey" PRIMARY KEY (id);
ALTER TABLE public."Hold" ADD CONSTRAINT "Hold_pkey" PRIMARY KEY ("placementId", holder);
ALTER TABLE public."IdempotencyKey" ADD CONSTRAINT "IdempotencyKey_pkey" PRIMARY KEY ("actorKey", key);
ALTER TABLE public."ImportRow" ADD CONSTRAINT "ImportRow_pkey" PRIMARY KEY (id);
ALTER TABLE public."ImportSource" ADD CONSTRAINT "ImportSource_pkey" PRIMARY KEY (id);
ALTER TABLE public."Import" ADD CONSTRAINT "Import_pkey" PRIMARY KEY (id);
ALTER TABLE public."IncidentAlert" ADD CONSTRAINT "IncidentAlert_pkey" PRIMARY KEY ("alertId");
ALTER TABLE public."IncidentEvent" ADD CONSTRAINT "IncidentEvent_pkey" PRIMARY KEY (id);
ALTER TABLE public."IncidentTenant" ADD CONSTRAINT "IncidentTenant_pkey" PRIMARY KEY ("incidentId", "tenantId");
ALTER TABLE public."IncidentUpdate" ADD CONSTRAINT "IncidentUpdate_pkey" PRIMARY KEY (id);
ALTER TABLE public."Incident" ADD CONSTRAINT "Incident_pkey" PRIMARY KEY (id);
ALTER TABLE public."JobItem" ADD CONSTRAINT "JobItem_pkey" PRIMARY KEY ("jobId", "position");
ALTER TABLE public."Job" ADD CONSTRAINT "Job_pkey" PRIMARY KEY (id);
ALTER TABLE public."Lease" ADD CONSTRAINT "Lease_pkey" PRIMARY KEY (name);
ALTER TABLE public."LoadEvent" ADD CONSTRAINT "LoadEvent_pkey" PRIMARY KEY (id);
ALTER TABLE public."Membership" ADD CONSTRAINT "Membership_pkey" PRIMARY KEY (id);
ALTER TABLE public."Node" ADD CONSTRAINT "Node_pkey" PRIMARY KEY (id);
ALTER TABLE public."NotificationChannel" ADD CONSTRAINT "NotificationChannel_pkey" PRIMARY KEY (id);
ALTER TABLE public."Notification" ADD CONSTRAINT "Notification_pkey" PRIMARY KEY (id);
ALTER TABLE public."ObjectiveCount" ADD CONSTRAINT "ObjectiveCount_pkey" PRIMARY KEY ("objectiveId", "stepSeconds", at);
ALTER TABLE public."Objective" ADD CONSTRAINT "Objective_pkey" PRIMARY KEY (id);
ALTER TABLE public."OffboardingStep" ADD CONSTRAINT "OffboardingStep_pkey" PRIMARY KEY ("tenantId", step);
ALTER TABLE public."Placement" ADD CONSTRAINT "Placement_pkey" PRIMARY KEY (id);
ALTER TABLE public."Pool" ADD CONSTRAINT "Pool_pkey" PRIMARY KEY (id);
ALTER TABLE public."RecordedCase" ADD CONSTRAINT "RecordedCase_pkey" PRIMARY KEY (id);
ALTER TABLE public."Recording" ADD CONSTRAINT "Recording_pkey" PRIMARY KEY (id);
ALTER TABLE public."Registration" ADD CONSTRAINT "Registration_pkey" PRIMARY KEY (id);
ALTER TABLE public."Residency" ADD CONSTRAINT "Residency_pkey" PRIMARY KEY ("nodeId", "loraName");
ALTER TABLE public."RolloutNode" ADD CONSTRAINT "RolloutNode_pkey" PRIMARY KEY ("rolloutId", "nodeId");
ALTER TABLE public."Rollout" ADD CONSTRAINT "Rollout_pkey" PRIMARY KEY (id);
ALTER TABLE public."Route" ADD CONSTRAINT "Route_pkey" PRIMARY KEY (id);
ALTER TABLE public."ServiceCondition" ADD CONSTRAINT "ServiceCondition_pkey" PRIMARY KEY (subject, type);
ALTER TABLE public."Session" ADD CONSTRAINT "Session_pkey" PRIMARY KEY (id);
ALTER TABLE public."Setting" ADD CONSTRAINT "Setting_pkey" PRIMARY KEY (key);
ALTER TABLE public."SignInAttempt" ADD CONSTRAINT "SignInAttempt_pkey" PRIMARY KEY (id);
ALTER TABLE public."Silence" ADD CONSTRAINT "Silence_pkey" PRIMARY KEY (id);
ALTER TABLE public."TenantTools" ADD CONSTRAINT "TenantTools_pkey" PRIMARY KEY ("tenantId");
ALTER TABLE public."Tenant" ADD CONSTRAINT "Tenant_pkey" PRIMARY KEY (id);
ALTER TABLE public."User" ADD CONSTRAINT "User_pkey" PRIMARY KEY (id);
ALTER TABLE public."Verdict" ADD CONSTRAINT "Verdict_pkey" PRIMARY KEY (id);
ALTER TABLE public."VersionFile" ADD CONSTRAINT "VersionFile_pkey" PRIMARY KEY (id);
ALTER TABLE public."VersionRelease" ADD CONSTRAINT "VersionRelease_pkey" PRIMARY KEY ("versionId");
ALTER TABLE public."VersionRetention" ADD CONSTRAINT "VersionRetention_pkey" PRIMARY KEY ("versionId", holder);
ALTER TABLE public."WorkerInstance" ADD CONSTRAINT "WorkerInstance_pkey" PRIMARY KEY (id);
ALTER TABLE public.request ADD CONSTRAINT request_pkey PRIMARY KEY (id, "arrivedAt");
ALTER TABLE public.usage_5_minutes ADD CONSTRAINT usage_5_minutes_pkey PRIMARY KEY ("tenantId", at, "adapterId", "versionId", "nodeId", kind, via);
ALTER TABLE public.usage_hour ADD CONSTRAINT usage_hour_pkey PRIMARY KEY ("tenantId", at, "adapterId", "versionId", "nodeId", kind, via);
ALTER TABLE public.usage_minute ADD CONSTRAINT usage_minute_pkey PRIMARY KEY ("tenantId", at, "adapterId", "versionId", "nodeId", kind, via, "instanceId");
ALTER TABLE public.usage_pending ADD CONSTRAINT usage_pending_pkey PRIMARY KEY ("stepSeconds", at);
CREATE UNIQUE INDEX "AdapterVersion_adapterId_number_key" ON public."AdapterVersion" USING btree ("adapterId", number);
CREATE UNIQUE INDEX "AdapterVersion_loraName_key" ON public."AdapterVersion" USING btree ("loraName");
CREATE INDEX "AdapterVersion_state_verifiedAt_idx" ON public."AdapterVersion" USING btree (state, "verifiedAt");
CREATE INDEX "AdapterVersion_storePath_idx" ON public."AdapterVersion" USING btree ("storePath");
CREATE INDEX "AdapterVersion_tenantId_state_idx" ON public."AdapterVersion" USING btree ("tenantId", state);
CREATE INDEX "Adapter_poolId_idx" ON public."Adapter" USING btree ("poolId");
CREATE UNIQUE INDEX "Adapter_tenantId_slug_key" ON public."Adapter" USING btree ("tenantId", slug);
CREATE INDEX "AlertNote_alertId_idx" ON public."AlertNote" USING btree ("alertId");
CREATE UNIQUE INDEX "Alert_openKey_key" ON public."Alert" USING btree ("openKey");
CREATE INDEX "Alert_resolvedAt_idx" ON public."Alert" USING btree ("resolvedAt");
CREATE INDEX "Alert_state_severity_id_idx" ON public."Alert" USING btree (state, severity, id);
CREATE INDEX "Annotation_at_idx" ON public."Annotation" USING btree (at);
CREATE INDEX "Annotation_tenantId_at_idx" ON public."Annotation" USING btree ("tenantId", at);
CREATE INDEX "ApiKey_nodeId_idx" ON public."ApiKey" USING btree ("nodeId");
CREATE UNIQUE INDEX "ApiKey_prefix_key" ON public."ApiKey" USING btree (prefix);
CREATE INDEX "ApiKey_tenantId_idx" ON public."ApiKey" USING btree ("tenantId");
CREATE UNIQUE INDEX "Approval_cutoverId_step_key" ON public."Approval" USING btree ("cutoverId", step);
CREATE INDEX "Approval_state_idx" ON public."Approval" USING btree (state);
CREATE INDEX "Approval_tenantId_createdAt_idx" ON public."Approval" USING btree ("tenantId", "createdAt");
CREATE INDEX "AuditEntry_at_idx" ON public."AuditEntry" USING btree (at);
CREATE UNIQUE INDEX "AuditEntry_chain_seq_key" ON public."AuditEntry" USING btree (chain, seq);
CREATE INDEX "AuditEntry_tenantId_at_idx" ON public."AuditEntry" USING btree ("tenantId", at);
CREATE UNIQUE INDEX "ChartView_name_key" ON public."ChartView" USING btree (name);
CREATE INDEX "Control_endedAt_expiresAt_idx" ON public."Control" USING btree ("endedAt", "expiresAt");
CREATE INDEX "Control_nodeId_startedAt_idx" ON public."Control" USING btree ("nodeId", "startedAt");
CREATE INDEX "Control_tenantId_startedAt_idx" ON public."Control" USING btree ("tenantId", "startedAt");
CREATE INDEX "CutoverBatchRow_adapterId_state_idx" ON public."CutoverBatchRow" USING btree ("adapterId", state);
CREATE UNIQUE INDEX "CutoverBatchRow_batchId_adapterId_key" ON public."CutoverBatchRow" USING btree ("batchId", "adapterId");
CREATE UNIQUE INDEX "CutoverBatchRow_cutoverId_key" ON public."CutoverBatchRow" USING btree ("cutoverId");
CREATE INDEX "CutoverBatch_state_idx" ON public."CutoverBatch" USING btree (state);
CREATE INDEX "Cutover_phase_idx" ON public."Cutover" USING btree (phase);
CREATE INDEX "Cutover_tenantId_createdAt_idx" ON public."Cutover" USING btree ("tenantId", "createdAt");
CREATE UNIQUE INDEX "Endpoint_name_key" ON public."Endpoint" USING btree (name);
CREATE INDEX "Endpoint_tenantId_idx" ON public."Endpoint" USING btree ("tenantId");
CREATE INDEX "EvalCase_suiteId_category_idx" ON public."EvalCase" USING btree ("suiteId", category);
CREATE UNIQUE INDEX "EvalCase_suiteId_ordinal_key" ON public."EvalCase" USING btree ("suiteId", ordinal);
CREATE INDEX "EvalRun_candidateVersionId_idx" ON public."EvalRun" USING btree ("candidateVersionId");
CREATE INDEX "EvalRun_finishedAt_idx" ON public."EvalRun" USING btree ("finishedAt");
CREATE INDEX "EvalRun_state_idx" ON public."EvalRun" USING btree (state);
CREATE INDEX "EvalRun_suiteId_idx" ON public."EvalRun" USING btree ("suiteId");
CREATE INDEX "EvalRun_tenantId_createdAt_idx" ON public."EvalRun" USING btree ("tenantId", "createdAt");
CREATE UNIQUE INDEX "EvalSample_runId_ordinal_side_mode_take_key" ON public."EvalSample" USING btree ("runId", ordinal, side, mode, take);
CREATE UNIQUE INDEX "EvalSuite_tenantId_name_revision_key" ON public."EvalSuite" USING btree ("tenantId", name, revision);
CREATE UNIQUE INDEX "EvalTemplate_name_key" ON public."EvalTemplate" USING btree (name);
CREATE INDEX "Finding_clearedAt_idx" ON public."Finding" USING btree ("clearedAt");
CREATE UNIQUE INDEX "Finding_openKey_key" ON public."Finding" USING btree ("openKey");
CREATE INDEX "Finding_poolId_clearedAt_idx" ON public."Finding" USING btree ("poolId", "clearedAt");
CREATE INDEX "GatewayInstance_seenAt_idx" ON public."GatewayInstance" USING btree ("seenAt");
CREATE INDEX "IdempotencyKey_createdAt_idx" ON public."IdempotencyKey" USING btree ("createdAt");
CREATE UNIQUE INDEX "ImportRow_importId_position_key" ON public."ImportRow" USING btree ("importId", "position");
CREATE UNIQUE INDEX "ImportSource_name_key" ON public."ImportSource" USING btree (name);
CREATE INDEX "Import_state_createdAt_idx" ON public."Import" USING btree (state, "createdAt");
CREATE INDEX "IncidentAlert_incidentId_idx" ON public."IncidentAlert" USING btree ("incidentId");
CREATE INDEX "IncidentEvent_incidentId_id_idx" ON public."IncidentEvent" USING btree ("incidentId", id);
CREATE INDEX "IncidentTenant_tenantId_idx" ON public."IncidentTenant" USING btree ("tenantId");
CREATE UNIQUE INDEX "IncidentUpdate_eventId_tenantId_key" ON public."IncidentUpdate" USING btree ("eventId", "tenantId");
CREATE INDEX "IncidentUpdate_incidentId_idx" ON public."IncidentUpdate" USING btree ("incidentId");
CREATE INDEX "IncidentUpdate_tenantId_id_idx" ON public."IncidentUpdate" USING btree ("tenantId", id);
CREATE INDEX "Incident_state_severity_id_idx" ON public."Incident" USING btree (state, severity, id);
CREATE UNIQUE INDEX "JobItem_jobId_key_key" ON public."JobItem" USING btree ("jobId", key);
CREATE INDEX "Job_createdAt_idx" ON public."Job" USING btree ("createdAt");
CREATE INDEX "Job_state_createdAt_idx" ON public."Job" USING btree (state, "createdAt");
CREATE INDEX "LoadEvent_at_idx" ON public."LoadEvent" USING btree (at);
CREATE INDEX "LoadEvent_nodeId_at_idx" ON public."LoadEvent" USING btree ("nodeId", at);
CREATE INDEX "LoadEvent_versionId_at_idx" ON public."LoadEvent" USING btree ("versionId", at);
CREATE INDEX "Membership_tenantId_idx" ON public."Membership" USING btree ("tenantId");
CREATE UNIQUE INDEX "Membership_userId_tenantId_key" ON public."Membership" USING btree ("userId", "tenantId");
CREATE UNIQUE INDEX "Node_baseUrl_key" ON public."Node" USING btree ("baseUrl");
CREATE UNIQUE INDEX "Node_name_key" ON public."Node" USING btree (name);
CREATE INDEX "Node_poolId_idx" ON public."Node" USING btree ("poolId");
CREATE UNIQUE INDEX "NotificationChannel_name_key" ON public."NotificationChannel" USING btree (name);
CREATE INDEX "Notification_alertId_idx" ON public."Notification" USING btree ("alertId");
CREATE UNIQUE INDEX "Notification_channelId_alertId_event_key" ON public."Notification" USING btree ("channelId", "alertId", event);
CREATE INDEX "Notification_sentAt_nextTryAt_idx" ON public."Notification" USING btree ("sentAt", "nextTryAt");
CREATE UNIQUE INDEX "Objective_poolId_kind_key" ON public."Objective" USING btree ("poolId", kind);
CREATE UNIQUE INDEX "Objective_tenantId_kind_key" ON public."Objective" USING btree ("tenantId", kind);
CREATE INDEX "Placement_nodeId_idx" ON public."Placement" USING btree ("nodeId");
CREATE UNIQUE INDEX "Placement_versionId_nodeId_key" ON public."Placement" USING btree ("versionId", "nodeId");
CREATE UNIQUE INDEX "Pool_slug_key" ON public."Pool" USING btree (slug);
CREATE INDEX "RecordedCase_adapterId_id_idx" ON public."RecordedCase" USING btree ("adapterId", id);
CREATE INDEX "RecordedCase_deleteAt_idx" ON public."RecordedCase" USING btree ("deleteAt");
CREATE UNIQUE INDEX "RecordedCase_recordingId_fingerprint_key" ON public."RecordedCase" USING btree ("recordingId", fingerprint);
CREATE INDEX "RecordedCase_tenantId_idx" ON public."RecordedCase" USING btree ("tenantId");
CREATE INDEX "Recording_adapterId_startedAt_idx" ON public."Recording" USING btree ("adapterId", "startedAt");
CREATE UNIQUE INDEX "Recording_openFor_key" ON public."Recording" USING btree ("openFor");
CREATE INDEX "Recording_tenantId_idx" ON public."Recording" USING btree ("tenantId");
CREATE UNIQUE INDEX "Registration_nodeId_loraName_key" ON public."Registration" USING btree ("nodeId", "loraName");
CREATE INDEX "Registration_versionId_idx" ON public."Registration" USING btree ("versionId");
CREATE INDEX "RolloutNode_nodeId_idx" ON public."RolloutNode" USING btree ("nodeId");
CREATE INDEX "Rollout_poolId_createdAt_idx" ON public."Rollout" USING btree ("poolId", "createdAt");
CREATE UNIQUE INDEX "Route_adapterId_key" ON public."Route" USING btree ("adapterId");
CREATE INDEX "Route_tenantId_idx" ON public."Route" USING btree ("tenantId");
CREATE INDEX "ServiceCondition_type_status_idx" ON public."ServiceCondition" USING btree (type, status);
CREATE INDEX "Session_userId_idx" ON public."Session" USING btree ("userId");
CREATE INDEX "SignInAttempt_at_idx" ON public."SignInAttempt" USING btree (at);
CREATE INDEX "SignInAttempt_subject_at_idx" ON public."SignInAttempt" USING btree (subject, at);
CREATE INDEX "Silence_dedupeKey_until_idx" ON public."Silence" USING btree ("dedupeKey", until);
CREATE UNIQUE INDEX "Tenant_slug_key" ON public."Tenant" USING btree (slug);
CREATE UNIQUE INDEX "User_email_key" ON public."User" USING btree (email);
CREATE UNIQUE INDEX "Verdict_runId_key" ON public."Verdict" USING btree ("runId");
CREATE INDEX "Verdict_versionId_idx" ON public."Verdict" USING btree ("versionId");
CREATE UNIQUE INDEX "VersionFile_versionId_path_key" ON public."VersionFile" USING btree ("versionId", path);
CREATE INDEX "VersionRelease_tenantId_idx" ON public."VersionRelease" USING btree ("tenantId");
CREATE INDEX "WorkerInstance_seenAt_idx" ON public."WorkerInstance" USING btree ("seenAt");
CREATE INDEX "request_arrivedAt_idx" ON ONLY public.request USING btree ("arrivedAt");
CREATE INDEX "request_nodeId_arrivedAt_idx" ON ONLY public.request USING btree ("nodeId", "arrivedAt");
CREATE INDEX "request_tenantId_arrivedAt_idx" ON ONLY public.request USING btree ("tenantId", "arrivedAt");
CREATE INDEX usage_5_minutes_at_idx ON ONLY public.usage_5_minutes USING btree (at);
CREATE INDEX usage_hour_at_idx ON ONLY public.usage_hour USING btree (at);
CREATE INDEX usage_minute_at_idx ON ONLY public.usage_minute USING btree (at);
CREATE TRIGGER audit_append_only BEFORE DELETE OR UPDATE ON public."AuditEntry" FOR EACH ROW EXECUTE FUNCTION public.refuse_audit_change();
CREATE TRIGGER routing_changed AFTER INSERT OR DELETE OR UPDATE ON public."Adapter" FOR EACH STATEMENT EXECUTE FUNCTION public.notify_routing();
CREATE TRIGGER routing_changed AFTER INSERT OR DELETE OR UPDATE OF "revokedAt", scopes ON public."ApiKey" FOR EACH STATEMENT EXECUTE FUNCTION public.notify_routing();
CREATE TRIGGER routing_changed AFTER INSERT OR DELETE OR UPDATE ON public."Control" FOR EACH STATEMENT EXECUTE FUNCTION public.notify_routing();
CREATE TRIGGER routing_changed AFTER INSERT OR DELETE OR UPDATE ON public."Endpoint" FOR EACH STATEMENT EXECUTE FUNCTION public.notify_routing();
CREATE TRIGGER routing_changed AFTER INSERT OR DELETE OR UPDATE OF "baseUrl", "sealedKey", standalone, cordoned, conditions, epoch, "drainDeadline", backend ON public."Node" FOR EACH STATEMENT EXECUTE FUNCTION public.notify_routing();
CREATE TRIGGER routing_changed AFTER INSERT OR DELETE OR UPDATE ON public."Pool" FOR EACH STATEMENT EXECUTE FUNCTION public.notify_routing();
CREATE TRIGGER routing_changed AFTER INSERT OR DELETE OR UPDATE OF "endedAt" ON public."Recording" FOR EACH STATEMENT EXECUTE FUNCTION public.notify_routing();
CREATE TRIGGER routing_changed AFTER INSERT OR DELETE OR UPDATE OF state, epoch ON public."Registration" FOR EACH STATEMENT EXECUTE FUNCTION public.notify_routing();
CREATE TRIGGER routing_changed AFTER INSERT OR DELETE OR UPDATE ON public."Route" FOR EACH STATEMENT EXECUTE FUNCTION public.notify_routing();
CREATE TRIGGER routing_changed AFTER INSERT OR DELETE OR UPDATE ON public."Setting" FOR EACH STATEMENT EXECUTE FUNCTION public.notify_routing();
CREATE TRIGGER routing_changed AFTER INSERT OR DELETE OR UPDATE ON public."Tenant" FOR EACH STATEMENT EXECUTE FUNCTION public.notify_routing();
CREATE TRIGGER used_suite_is_final BEFORE INSERT OR DELETE OR UPDATE ON public."EvalCase" FOR EACH ROW EXECUTE FUNCTION public.refuse_used_case_change();
CREATE TRIGGER used_suite_is_final BEFORE DELETE OR UPDATE ON public."EvalSuite" FOR EACH ROW EXECUTE FUNCTION public.refuse_used_suite_change();
CREATE TRIGGER work_changed AFTER INSERT OR UPDATE OF replicas, "pinnedNodeIds" ON public."Adapter" FOR EACH STATEMENT EXECUTE FUNCTION public.notify_work();
CREATE TRIGGER work_changed AFTER UPDATE OF state ON public."AdapterVersion" FOR EACH STATEMENT EXECUTE FUNCTION public.notify_work();
CREATE TRIGGER work_changed AFTER INSERT OR UPDATE OF state ON public."Approval" FOR EACH STATEMENT EXECUTE FUNCTION public.notify_work();
CREATE TRIGGER work_changed AFTER INSERT OR UPDATE OF "expiresAt", "endedAt" ON public."Control" FOR EACH STATEMENT EXECUTE FUNCTION public.notify_work();
CREATE TRIGGER work_changed AFTER INSERT OR UPDATE OF phase ON public."Cutover" FOR EACH STATEMENT EXECUTE FUNCTION public.notify_work();
CREATE TRIGGER work_changed AFTER INSERT OR UPDATE OF state ON public."CutoverBatch" FOR EACH STATEMENT EXECUTE FUNCTION public.notify_work();
CREATE TRIGGER work_changed AFTER INSERT OR UPDATE OF state ON public."EvalRun" FOR EACH STATEMENT EXECUTE FUNCTION public.notify_work();
CREATE TRIGGER work_changed AFTER INSERT OR UPDATE OF "cancelRequestedAt" ON public."Job" FOR EACH STATEMENT EXECUTE FUNCTION public.notify_work();
CREATE TRIGGER work_changed AFTER INSERT OR UPDATE OF cordoned, "baseUrl", generation, "drainDeadline" ON public."Node" FOR EACH STATEMENT EXECUTE FUNCTION public.notify_work();
CREATE TRIGGER work_changed AFTER INSERT ON public."Notification" FOR EACH STATEMENT EXECUTE FUNCTION public.notify_work();
CREATE TRIGGER work_changed AFTER INSERT OR UPDATE OF state ON public."OffboardingStep" FOR EACH STATEMENT EXECUTE FUNCTION public.notify_work();
CREATE TRIGGER work_changed AFTER INSERT OR DELETE OR UPDATE OF desire, generation ON public."Placement" FOR EACH STATEMENT EXECUTE FUNCTION public.notify_work();
CREATE TRIGGER work_changed AFTER UPDATE OF replicas, "driftPolicy" ON public."Pool" FOR EACH STATEMENT EXECUTE FUNCTION public.notify_work();
CREATE TRIGGER work_changed AFTER INSERT OR UPDATE OF state ON public."Registration" FOR EACH STATEMENT EXECUTE FUNCTION public.notify_work();
CREATE TRIGGER work_changed AFTER INSERT OR UPDATE OF state, generation ON public."Rollout" FOR EACH STATEMENT EXECUTE FUNCTION public.notify_work();
CREATE TRIGGER work_changed AFTER UPDATE OF status ON public."Tenant" FOR EACH STATEMENT EXECUTE FUNCTION public.notify_work();
ALTER TABLE public."AdapterVersion" ADD CONSTRAINT "AdapterVersion_adapterId_fkey" FOREIGN KEY ("adapterId") REFERENCES public."Adapter"(id) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE public."AdapterVersion" ADD CONSTRAINT "AdapterVersion_tenantId_fkey" FOREIGN KEY ("tenantId") REFERENCES public."Tenant"(id) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE public."Adapter" ADD CONSTRAINT "Adapter_poolId_fkey" FOREIGN KEY ("poolId") REFERENCES public."Pool"(id) ON UPDATE CASCADE ON DELETE RESTRICT;
ALTER TABLE public."Adapter" ADD CONSTRAINT "Adapter_tenantId_fkey" FOREIGN KEY ("tenantId") REFERENCES public."Tenant"(id) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE public."AlertNote" ADD CONSTRAINT "AlertNote_alertId_fkey" FOREIGN KEY ("alertId") REFERENCES public."Alert"(id) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE public."ApiKey" ADD CONSTRAINT "ApiKey_nodeId_fkey" FOREIGN KEY ("nodeId") REFERENCES public."Node"(id) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE public."ApiKey" ADD CONSTRAINT "ApiKey_tenantId_fkey" FOREIGN KEY ("tenantId") REFERENCES public."Tenant"(id) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE public."ApprovalMail" ADD CONSTRAINT "ApprovalMail_approvalId_fkey" FOREIGN KEY ("approvalId") REFERENCES public."Approval"(id) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE public."Approval" ADD CONSTRAINT "Approval_tenantId_fkey" FOREIGN KEY ("tenantId") REFERENCES public."Tenant"(id) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE public."CutoverBatchRow" ADD CONSTRAINT "CutoverBatchRow_batchId_fkey" FOREIGN KEY ("batchId") REFERENCES public."CutoverBatch"(id) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE public."EvalCase" ADD CONSTRAINT "EvalCase_suiteId_fkey" FOREIGN KEY ("suiteId") REFERENCES public."EvalSuite"(id) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE public."EvalRun" ADD CONSTRAINT "EvalRun_suiteId_fkey" FOREIGN KEY ("suiteId") REFERENCES public."EvalSuite"(id) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE public."EvalSample" ADD CONSTRAINT "EvalSample_runId_fkey" FOREIGN KEY ("runId") REFERENCES public."EvalRun"(id) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE public."EvalSuite" ADD CONSTRAINT "EvalSuite_tenantId_fkey" FOREIGN KEY ("tenantId") REFERENCES public."Tenant"(id) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE public."Hold" ADD CONSTRAINT "Hold_placementId_fkey" FOREIGN KEY ("placementId") REFERENCES public."Placement"(id) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE public."ImportRow" ADD CONSTRAINT "ImportRow_importId_fkey" FOREIGN KEY ("importId") REFERENCES public."Import"(id) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE public."IncidentAlert" ADD CONSTRAINT "IncidentAlert_incidentId_fkey" FOREIGN KEY ("incidentId") REFERENCES public."Incident"(id) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE public."IncidentEvent" ADD CONSTRAINT "IncidentEvent_incidentId_fkey" FOREIGN KEY ("incidentId") REFERENCES public."Incident"(id) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE public."IncidentTenant" ADD CONSTRAINT "IncidentTenant_incidentId_fkey" FOREIGN KEY ("incidentId") REFERENCES public."Incident"(id) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE public."IncidentTenant" ADD CONSTRAINT "IncidentTenant_tenantId_fkey" FOREIGN KEY ("tenantId") REFERENCES public."Tenant"(id) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE public."IncidentUpdate" ADD CONSTRAINT "IncidentUpdate_incidentId_fkey" FOREIGN KEY ("incidentId") REFERENCES public."Incident"(id) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE public."IncidentUpdate" ADD CONSTRAINT "IncidentUpdate_tenantId_fkey" FOREIGN KEY ("tenantId") REFERENCES public."Tenant"(id) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE public."JobItem" ADD CONSTRAINT "JobItem_jobId_fkey" FOREIGN KEY ("jobId") REFERENCES public."Job"(id) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE public."Membership" ADD CONSTRAINT "Membership_tenantId_fkey" FOREIGN KEY ("tenantId") REFERENCES public."Tenant"(id) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE public."Membership" ADD CONSTRAINT "Membership_userId_fkey" FOREIGN KEY ("userId") REFERENCES public."User"(id) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE public."Node" ADD CONSTRAINT "Node_poolId_fkey" FOREIGN KEY ("poolId") REFERENCES public."Pool"(id) ON UPDATE CASCADE ON DELETE RESTRICT;
ALTER TABLE public."Notification" ADD CONSTRAINT "Notification_alertId_fkey" FOREIGN KEY ("alertId") REFERENCES public."Alert"(id) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE public."Notification" ADD CONSTRAINT "Notification_channelId_fkey" FOREIGN KEY ("channelId") REFERENCES public."NotificationChannel"(id) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE public."ObjectiveCount" ADD CONSTRAINT "ObjectiveCount_objectiveId_fkey" FOREIGN KEY ("objectiveId") REFERENCES public."Objective"(id) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE public."Objective" ADD CONSTRAINT "Objective_poolId_fkey" FOREIGN KEY ("poolId") REFERENCES public."Pool"(id) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE public."Objective" ADD CONSTRAINT "Objective_tenantId_fkey" FOREIGN KEY ("tenantId") REFERENCES public."Tenant"(id) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE public."Placement" ADD CONSTRAINT "Placement_nodeId_fkey" FOREIGN KEY ("nodeId") REFERENCES public."Node"(id) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE public."Placement" ADD CONSTRAINT "Placement_versionId_fkey" FOREIGN KEY ("versionId") REFERENCES public."AdapterVersion"(id) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE public."RecordedCase" ADD CONSTRAINT "RecordedCase_recordingId_fkey" FOREIGN KEY ("recordingId") REFERENCES public."Recording"(id) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE public."RecordedCase" ADD CONSTRAINT "RecordedCase_tenantId_fkey" FOREIGN KEY ("tenantId") REFERENCES public."Tenant"(id) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE public."Recording" ADD CONSTRAINT "Recording_adapterId_fkey" FOREIGN KEY ("adapterId") REFERENCES public."Adapter"(id) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE public."Recording" ADD CONSTRAINT "Recording_tenantId_fkey" FOREIGN KEY ("tenantId") REFERENCES public."Tenant"(id) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE public."Registration" ADD CONSTRAINT "Registration_nodeId_fkey" FOREIGN KEY ("nodeId") REFERENCES public."Node"(id) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE public."Registration" ADD CONSTRAINT "Registration_versionId_fkey" FOREIGN KEY ("versionId") REFERENCES public."AdapterVersion"(id) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE public."Residency" ADD CONSTRAINT "Residency_nodeId_fkey" FOREIGN KEY ("nodeId") REFERENCES public."Node"(id) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE public."RolloutNode" ADD CONSTRAINT "RolloutNode_rolloutId_fkey" FOREIGN KEY ("rolloutId") REFERENCES public."Rollout"(id) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE public."Rollout" ADD CONSTRAINT "Rollout_poolId_fkey" FOREIGN KEY ("poolId") REFERENCES public."Pool"(id) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE public."Route" ADD CONSTRAINT "Route_adapterId_fkey" FOREIGN KEY ("adapterId") REFERENCES public."Adapter"(id) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE public."Session" ADD CONSTRAINT "Session_userId_fkey" FOREIGN KEY ("userId") REFERENCES public."User"(id) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE public."TenantTools" ADD CONSTRAINT "TenantTools_tenantId_fkey" FOREIGN KEY ("tenantId") REFERENCES public."Tenant"(id) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE public."Verdict" ADD CONSTRAINT "Verdict_runId_fkey" FOREIGN KEY ("runId") REFERENCES public."EvalRun"(id) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE public."VersionFile" ADD CONSTRAINT "VersionFile_versionId_fkey" FOREIGN KEY ("versionId") REFERENCES public."AdapterVersion"(id) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE public."VersionRelease" ADD CONSTRAINT "VersionRelease_tenantId_fkey" FOREIGN KEY ("tenantId") REFERENCES public."Tenant"(id) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE public."VersionRetention" ADD CONSTRAINT "VersionRetention_versionId_fkey" FOREIGN KEY ("versionId") REFERENCES public."AdapterVersion"(id) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE metrics.histogram_bounds ENABLE ROW LEVEL SECURITY;
ALTER TABLE metrics.node_5_minutes ENABLE ROW LEVEL SECURITY;
ALTER TABLE metrics.node_cache_5_minutes ENABLE ROW LEVEL SECURITY;
ALTER TABLE metrics.node_cache_hour ENABLE ROW LEVEL SECURITY;
ALTER TABLE metrics.node_cache_minute ENABLE ROW LEVEL SECURITY;
ALTER TABLE metrics.node_hour ENABLE ROW LEVEL SECURITY;
ALTER TABLE metrics.node_look ENABLE ROW LEVEL SECURITY;
ALTER TABLE metrics.node_minute ENABLE ROW LEVEL SECURITY;
CREATE POLICY platform ON metrics.histogram_bounds TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY platform ON metrics.node_5_minutes TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY platform ON metrics.node_cache_5_minutes TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY platform ON metrics.node_cache_hour TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY platform ON metrics.node_cache_minute TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY platform ON metrics.node_hour TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY platform ON metrics.node_look TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY platform ON metrics.node_minute TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY reporting ON metrics.histogram_bounds FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY reporting ON metrics.node_5_minutes FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY reporting ON metrics.node_cache_5_minutes FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY reporting ON metrics.node_cache_hour FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY reporting ON metrics.node_cache_minute FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY reporting ON metrics.node_hour FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY reporting ON metrics.node_minute FOR SELECT TO CURRENT_USER USING (true);
ALTER TABLE public."Adapter" ENABLE ROW LEVEL SECURITY;
ALTER TABLE public."AdapterDemand" ENABLE ROW LEVEL SECURITY;
ALTER TABLE public."AdapterVersion" ENABLE ROW LEVEL SECURITY;
ALTER TABLE public."Alert" ENABLE ROW LEVEL SECURITY;
ALTER TABLE public."AlertNote" ENABLE ROW LEVEL SECURITY;
ALTER TABLE public."Annotation" ENABLE ROW LEVEL SECURITY;
ALTER TABLE public."ApiKey" ENABLE ROW LEVEL SECURITY;
ALTER TABLE public."Approval" ENABLE ROW LEVEL SECURITY;
ALTER TABLE public."ApprovalMail" ENABLE ROW LEVEL SECURITY;
ALTER TABLE public."AuditChain" ENABLE ROW LEVEL SECURITY;
ALTER TABLE public."AuditEntry" ENABLE ROW LEVEL SECURITY;
ALTER TABLE public."ChartView" ENABLE ROW LEVEL SECURITY;
ALTER TABLE public."Control" ENABLE ROW LEVEL SECURITY;
ALTER TABLE public."Cutover" ENABLE ROW LEVEL SECURITY;
ALTER TABLE public."DeadManSwitch" ENABLE ROW LEVEL SECURITY;
ALTER TABLE public."DerivedCheckpoint" ENABLE ROW LEVEL SECURITY;
ALTER TABLE public."Endpoint" ENABLE ROW LEVEL SECURITY;
ALTER TABLE public."EvalCase" ENABLE ROW LEVEL SECURITY;
ALTER TABLE public."EvalRun" ENABLE ROW LEVEL SECURITY;
ALTER TABLE public."EvalSample" ENABLE ROW LEVEL SECURITY;
ALTER TABLE public."EvalSuite" ENABLE ROW LEVEL SECURITY;
ALTER TABLE public."EvalTemplate" ENABLE ROW LEVEL SECURITY;
ALTER TABLE public."Finding" ENABLE ROW LEVEL SECURITY;
ALTER TABLE public."Hold" ENABLE ROW LEVEL SECURITY;
ALTER TABLE public."IdempotencyKey" ENABLE ROW LEVEL SECURITY;
ALTER TABLE public."Incident" ENABLE ROW LEVEL SECURITY;
ALTER TABLE public."IncidentAlert" ENABLE ROW LEVEL SECURITY;
ALTER TABLE public."IncidentEvent" ENABLE ROW LEVEL SECURITY;
ALTER TABLE public."IncidentTenant" ENABLE ROW LEVEL SECURITY;
ALTER TABLE public."IncidentUpdate" ENABLE ROW LEVEL SECURITY;
ALTER TABLE public."LoadEvent" ENABLE ROW LEVEL SECURITY;
ALTER TABLE public."Membership" ENABLE ROW LEVEL SECURITY;
ALTER TABLE public."Notification" ENABLE ROW LEVEL SECURITY;
ALTER TABLE public."NotificationChannel" ENABLE ROW LEVEL SECURITY;
ALTER TABLE public."Objective" ENABLE ROW LEVEL SECURITY;
ALTER TABLE public."ObjectiveCount" ENABLE ROW LEVEL SECURITY;
ALTER TABLE public."OffboardingStep" ENABLE ROW LEVEL SECURITY;
ALTER TABLE public."Placement" ENABLE ROW LEVEL SECURITY;
ALTER TABLE public."RecordedCase" ENABLE ROW LEVEL SECURITY;
ALTER TABLE public."Recording" ENABLE ROW LEVEL SECURITY;
ALTER TABLE public."Registration" ENABLE ROW LEVEL SECURITY;
ALTER TABLE public."Route" ENABLE ROW LEVEL SECURITY;
ALTER TABLE public."ServiceCondition" ENABLE ROW LEVEL SECURITY;
ALTER TABLE public."Silence" ENABLE ROW LEVEL SECURITY;
ALTER TABLE public."Tenant" ENABLE ROW LEVEL SECURITY;
ALTER TABLE public."TenantTools" ENABLE ROW LEVEL SECURITY;
ALTER TABLE public."Verdict" ENABLE ROW LEVEL SECURITY;
ALTER TABLE public."VersionFile" ENABLE ROW LEVEL SECURITY;
ALTER TABLE public."VersionRelease" ENABLE ROW LEVEL SECURITY;
ALTER TABLE public."VersionRetention" ENABLE ROW LEVEL SECURITY;
ALTER TABLE public."WorkerInstance" ENABLE ROW LEVEL SECURITY;
CREATE POLICY platform ON public."Adapter" TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY platform ON public."AdapterDemand" TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY platform ON public."AdapterVersion" TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY platform ON public."Alert" TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY platform ON public."AlertNote" TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY platform ON public."Annotation" TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY platform ON public."ApiKey" TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY platform ON public."Approval" TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY platform ON public."ApprovalMail" TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY platform ON public."AuditChain" TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY platform ON public."AuditEntry" TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY platform ON public."ChartView" TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY platform ON public."Control" TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY platform ON public."Cutover" TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY platform ON public."DeadManSwitch" TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY platform ON public."DerivedCheckpoint" TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY platform ON public."Endpoint" TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY platform ON public."EvalCase" TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY platform ON public."EvalRun" TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY platform ON public."EvalSample" TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY platform ON public."EvalSuite" TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY platform ON public."EvalTemplate" TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY platform ON public."Finding" TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY platform ON public."Hold" TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY platform ON public."IdempotencyKey" TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY platform ON public."Incident" TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY platform ON public."IncidentAlert" TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY platform ON public."IncidentEvent" TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY platform ON public."IncidentTenant" TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY platform ON public."IncidentUpdate" TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY platform ON public."LoadEvent" TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY platform ON public."Membership" TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY platform ON public."Notification" TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY platform ON public."NotificationChannel" TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY platform ON public."Objective" TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY platform ON public."ObjectiveCount" TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY platform ON public."OffboardingStep" TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY platform ON public."Placement" TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY platform ON public."RecordedCase" TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY platform ON public."Registration" TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY platform ON public."Route" TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY platform ON public."ServiceCondition" TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY platform ON public."Silence" TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY platform ON public."Tenant" TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY platform ON public."TenantTools" TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY platform ON public."Verdict" TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY platform ON public."VersionFile" TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY platform ON public."VersionRelease" TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY platform ON public."VersionRetention" TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY platform ON public."WorkerInstance" TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY platform ON public.request TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY platform ON public.usage_5_minutes TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY platform ON public.usage_hour TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY platform ON public.usage_minute TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY platform ON public.usage_pending TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY platform_clears ON public."Recording" FOR DELETE TO switchyard_platform USING (true);
CREATE POLICY platform_ends ON public."Recording" FOR UPDATE TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY platform_reads ON public."Recording" FOR SELECT TO switchyard_platform USING (true);
CREATE POLICY reporting ON public."Adapter" FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY reporting ON public."AdapterVersion" FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY reporting ON public."Node" FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY reporting ON public."Pool" FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY reporting ON public."Tenant" FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY reporting ON public.request FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY reporting ON public.usage_hour FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY reporting ON public.usage_minute FOR SELECT TO CURRENT_USER USING (true);
ALTER TABLE public.request ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON public."Adapter" TO switchyard_tenant USING (("tenantId" = public.switchyard_tenant_id())) WITH CHECK (("tenantId" = public.switchyard_tenant_id()));
CREATE POLICY tenant ON public."AdapterDemand" TO switchyard_tenant USING (("tenantId" = public.switchyard_tenant_id())) WITH CHECK (("tenantId" = public.switchyard_tenant_id()));
CREATE POLICY tenant ON public."AdapterVersion" TO switchyard_tenant USING (("tenantId" = public.switchyard_tenant_id())) WITH CHECK (("tenantId" = public.switchyard_tenant_id()));
CREATE POLICY tenant ON public."Alert" TO switchyard_tenant USING (("tenantId" = public.switchyard_tenant_id())) WITH CHECK (("tenantId" = public.switchyard_tenant_id()));
CREATE POLICY tenant ON public."Annotation" TO switchyard_tenant USING (("tenantId" = public.switchyard_tenant_id())) WITH CHECK (("tenantId" = public.switchyard_tenant_id()));
CREATE POLICY tenant ON public."ApiKey" TO switchyard_tenant USING (("tenantId" = public.switchyard_tenant_id())) WITH CHECK (("tenantId" = public.switchyard_tenant_id()));
CREATE POLICY tenant ON public."Approval" FOR SELECT TO switchyard_tenant USING ((("tenantId" = public.switchyard_tenant_id()) AND (decider = 'customer'::public."ApprovalDecider")));
CREATE POLICY tenant ON public."AuditChain" TO switchyard_tenant USING ((chain = public.switchyard_tenant_id())) WITH CHECK ((chain = public.switchyard_tenant_id()));
CREATE POLICY tenant ON public."AuditEntry" TO switchyard_tenant USING ((chain = public.switchyard_tenant_id())) WITH CHECK ((chain = public.switchyard_tenant_id()));
CREATE POLICY tenant ON public."Control" TO switchyard_tenant USING (("tenantId" = public.switchyard_tenant_id())) WITH CHECK (("tenantId" = public.switchyard_tenant_id()));
CREATE POLICY tenant ON public."Cutover" TO switchyard_tenant USING (("tenantId" = public.switchyard_tenant_id())) WITH CHECK (("tenantId" = public.switchyard_tenant_id()));
CREATE POLICY tenant ON public."Endpoint" TO switchyard_tenant USING (("tenantId" = public.switchyard_tenant_id())) WITH CHECK (("tenantId" = public.switchyard_tenant_id()));
CREATE POLICY tenant ON public."EvalCase" TO switchyard_tenant USING ((("tenantId" = public.switchyard_tenant_id()) AND (NOT "holdOut"))) WITH CHECK (("tenantId" = public.switchyard_tenant_id()));
CREATE POLICY tenant ON public."EvalRun" TO switchyard_tenant USING (("tenantId" = public.switchyard_tenant_id())) WITH CHECK (("tenantId" = public.switchyard_tenant_id()));

CREATE POLICY tenant ON public."EvalSample" TO switchyard_tenant USING ((("tenantId" = public.switchyard_tenant_id()) AND (EXISTS ( SELECT 1
   FROM public."EvalCase"
  WHERE ("EvalCase".id = "EvalSample"."caseId"))))) WITH CHECK (("tenantId" = public.switchyard_tenant_id()));

CREATE POLICY tenant ON public."EvalSuite" TO switchyard_tenant USING (("tenantId" = public.switchyard_tenant_id())) WITH CHECK (("tenantId" = public.switchyard_tenant_id()));
CREATE POLICY tenant ON public."Finding" TO switchyard_tenant USING (("tenantId" = public.switchyard_tenant_id())) WITH CHECK (("tenantId" = public.switchyard_tenant_id()));
CREATE POLICY tenant ON public."Hold" TO switchyard_tenant USING (("tenantId" = public.switchyard_tenant_id())) WITH CHECK (("tenantId" = public.switchyard_tenant_id()));
CREATE POLICY tenant ON public."IdempotencyKey" TO switchyard_tenant USING (("tenantId" = public.switchyard_tenant_id())) WITH CHECK (("tenantId" = public.switchyard_tenant_id()));
CREATE POLICY tenant ON public."IncidentUpdate" TO switchyard_tenant USING (("tenantId" = public.switchyard_tenant_id())) WITH CHECK (false);
CREATE POLICY tenant ON public."LoadEvent" TO switchyard_tenant USING (("tenantId" = public.switchyard_tenant_id())) WITH CHECK (("tenantId" = public.switchyard_tenant_id()));
CREATE POLICY tenant ON public."Membership" TO switchyard_tenant USING (("tenantId" = public.switchyard_tenant_id())) WITH CHECK (("tenantId" = public.switchyard_tenant_id()));
CREATE POLICY tenant ON public."Objective" TO switchyard_tenant USING ((("tenantId" = public.switchyard_tenant_id()) AND (status = 'accepted'::public."ObjectiveStatus") AND (visibility = 'customer'::public."ObjectiveVisibility"))) WITH CHECK (false);

CREATE POLICY tenant ON public."ObjectiveCount" TO switchyard_tenant USING ((EXISTS ( SELECT 1
   FROM public."Objective"
  WHERE ("Objective".id = "ObjectiveCount"."objectiveId")))) WITH CHECK (false);

CREATE POLICY tenant ON public."OffboardingStep" TO switchyard_tenant USING (("tenantId" = public.switchyard_tenant_id())) WITH CHECK (("tenantId" = public.switchyard_tenant_id()));
CREATE POLICY tenant ON public."Placement" TO switchyard_tenant USING (("tenantId" = public.switchyard_tenant_id())) WITH CHECK (("tenantId" = public.switchyard_tenant_id()));
CREATE POLICY tenant ON public."RecordedCase" TO switchyard_tenant USING (("tenantId" = public.switchyard_tenant_id())) WITH CHECK (false);
CREATE POLICY tenant ON public."Recording" TO switchyard_tenant USING (("tenantId" = public.switchyard_tenant_id())) WITH CHECK (("tenantId" = public.switchyard_tenant_id()));
CREATE POLICY tenant ON public."Registration" TO switchyard_tenant USING (("tenantId" = public.switchyard_tenant_id())) WITH CHECK (("tenantId" = public.switchyard_tenant_id()));
CREATE POLICY tenant ON public."Route" TO switchyard_tenant USING (("tenantId" = public.switchyard_tenant_id())) WITH CHECK (("tenantId" = public.switchyard_tenant_id()));
CREATE POLICY tenant ON public."ServiceCondition" TO switchyard_tenant USING (("tenantId" = public.switchyard_tenant_id())) WITH CHECK (("tenantId" = public.switchyard_tenant_id()));
CREATE POLICY tenant ON public."Tenant" TO switchyard_tenant USING ((id = public.switchyard_tenant_id())) WITH CHECK ((id = public.switchyard_tenant_id()));
CREATE POLICY tenant ON public."TenantTools" TO switchyard_tenant USING (("tenantId" = public.switchyard_tenant_id())) WITH CHECK (false);
CREATE POLICY tenant ON public."Verdict" TO switchyard_tenant USING (("tenantId" = public.switchyard_tenant_id())) WITH CHECK (("tenantId" = public.switchyard_tenant_id()));
CREATE POLICY tenant ON public."VersionFile" TO switchyard_tenant USING (("tenantId" = public.switchyard_tenant_id())) WITH CHECK (("tenantId" = public.switchyard_tenant_id()));
CREATE POLICY tenant ON public."VersionRetention" TO switchyard_tenant USING (("tenantId" = public.switchyard_tenant_id())) WITH CHECK (("tenantId" = public.switchyard_tenant_id()));
CREATE POLICY tenant ON public.request TO switchyard_tenant USING (("tenantId" = public.switchyard_tenant_id())) WITH CHECK (false);
CREATE POLICY tenant ON public.usage_5_minutes TO switchyard_tenant USING (("tenantId" = public.switchyard_tenant_id())) WITH CHECK (false);
CREATE POLICY tenant ON public.usage_hour TO switchyard_tenant USING (("tenantId" = public.switchyard_tenant_id())) WITH CHECK (false);
CREATE POLICY tenant ON public.usage_minute TO switchyard_tenant USING (("tenantId" = public.switchyard_tenant_id())) WITH CHECK (false);
CREATE POLICY tenant ON public.usage_pending TO switchyard_tenant USING (true) WITH CHECK (false);
CREATE POLICY tenant_decides ON public."Approval" FOR UPDATE TO switchyard_tenant USING ((("tenantId" = public.switchyard_tenant_id()) AND (decider = 'customer'::public."ApprovalDecider") AND (state = 'pending'::public."ApprovalState"))) WITH CHECK ((("tenantId" = public.switchyard_tenant_id()) AND (decider = 'customer'::public."ApprovalDecider") AND (state = ANY (ARRAY['approved'::public."ApprovalState", 'declined'::public."ApprovalState"]))));
ALTER TABLE public.usage_5_minutes ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.usage_hour ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.usage_minute ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.usage_pending ENABLE ROW LEVEL SECURITY;
GRANT USAGE ON SCHEMA metrics TO switchyard_platform;

GRANT USAGE ON SCHEMA public TO switchyard_platform;
GRANT USAGE ON SCHEMA public TO switchyard_tenant;

GRANT USAGE ON SCHEMA reporting TO switchyard_platform;

REVOKE ALL ON FUNCTION public.keep_partitions(parent regclass, unit text, moment timestamp with time zone, kept interval) FROM PUBLIC;
GRANT ALL ON FUNCTION public.keep_partitions(parent regclass, unit text, moment timestamp with time zone, kept interval) TO switchyard_platform;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE metrics.histogram_bounds TO switchyard_platform;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE metrics.node_5_minutes TO switchyard_platform;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE metrics.node_cache_5_minutes TO switchyard_platform;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE metrics.node_cache_hour TO switchyard_platform;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE metrics.node_cache_minute TO switchyard_platform;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE metrics.node_hour TO switchyard_platform;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE metrics.node_look TO switchyard_platform;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE metrics.node_minute TO switchyard_platform;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.request TO switchyard_platform;
GRANT SELECT ON TABLE public.request TO switchyard_tenant;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.usage_5_minutes TO switchyard_platform;
GRANT SELECT ON TABLE public.usage_5_minutes TO switchyard_tenant;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.usage_hour TO switchyard_platform;
GRANT SELECT ON TABLE public.usage_hour TO switchyard_tenant;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.usage_minute TO switchyard_platform;
GRANT SELECT ON TABLE public.usage_minute TO switchyard_tenant;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public."Adapter" TO switchyard_platform;
GRANT SELECT ON TABLE public."Adapter" TO switchyard_tenant;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public."AdapterDemand" TO switchyard_platform;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public."AdapterVersion" TO switchyard_platform;
GRANT SELECT ON TABLE public."AdapterVersion" TO switchyard_tenant;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public."Alert" TO switchyard_platform;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public."AlertNote" TO switchyard_platform;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public."Annotation" TO switchyard_platform;
GRANT SELECT ON TABLE public."Annotation" TO switchyard_tenant;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public."ApiKey" TO switchyard_platform;
GRANT SELECT,INSERT,UPDATE ON TABLE public."ApiKey" TO switchyard_tenant;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public."Approval" TO switchyard_platform;
GRANT SELECT ON TABLE public."Approval" TO switchyard_tenant;

GRANT UPDATE(state) ON TABLE public."Approval" TO switchyard_tenant;
GRANT UPDATE("decidedBy") ON TABLE public."Approval" TO switchyard_tenant;
GRANT UPDATE("decidedAt") ON TABLE public."Approval" TO switchyard_tenant;
GRANT UPDATE(comment) ON TABLE public."Approval" TO switchyard_tenant;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public."ApprovalMail" TO switchyard_platform;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public."AuditChain" TO switchyard_platform;
GRANT SELECT,INSERT,UPDATE ON TABLE public."AuditChain" TO switchyard_tenant;

GRANT SELECT,INSERT ON TABLE public."AuditEntry" TO switchyard_platform;
GRANT SELECT,INSERT ON TABLE public."AuditEntry" TO switchyard_tenant;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public."ChartView" TO switchyard_platform;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public."Control" TO switchyard_platform;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public."Cutover" TO switchyard_platform;
GRANT SELECT ON TABLE public."Cutover" TO switchyard_tenant;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public."CutoverBatch" TO switchyard_platform;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public."CutoverBatchRow" TO switchyard_platform;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public."DeadManSwitch" TO switchyard_platform;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public."DerivedCheckpoint" TO switchyard_platform;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public."Endpoint" TO switchyard_platform;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public."EvalCase" TO switchyard_platform;
GRANT SELECT ON TABLE public."EvalCase" TO switchyard_tenant;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public."EvalRun" TO switchyard_platform;
GRANT SELECT ON TABLE public."EvalRun" TO switchyard_tenant;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public."EvalSample" TO switchyard_platform;
GRANT SELECT ON TABLE public."EvalSample" TO switchyard_tenant;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public."EvalSuite" TO switchyard_platform;
GRANT SELECT ON TABLE public."EvalSuite" TO switchyard_tenant;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public."EvalTemplate" TO switchyard_platform;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public."Finding" TO switchyard_platform;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public."GatewayInstance" TO switchyard_platform;
GRANT SELECT("seenAt") ON TABLE public."GatewayInstance" TO switchyard_tenant;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public."Hold" TO switchyard_platform;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public."IdempotencyKey" TO switchyard_platform;
GRANT SELECT,INSERT,UPDATE ON TABLE public."IdempotencyKey" TO switchyard_tenant;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public."Import" TO switchyard_platform;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public."ImportRow" TO switchyard_platform;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public."ImportSource" TO switchyard_platform;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public."Incident" TO switchyard_platform;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public."IncidentAlert" TO switchyard_platform;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public."IncidentEvent" TO switchyard_platform;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public."IncidentTenant" TO switchyard_platform;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public."IncidentUpdate" TO switchyard_platform;
GRANT SELECT(id) ON TABLE public."IncidentUpdate" TO switchyard_tenant;
GRANT SELECT("incidentId") ON TABLE public."IncidentUpdate" TO switchyard_tenant;
GRANT SELECT("tenantId") ON TABLE public."IncidentUpdate" TO switchyard_tenant;
GRANT SELECT(status) ON TABLE public."IncidentUpdate" TO switchyard_tenant;
GRANT SELECT(text) ON TABLE public."IncidentUpdate" TO switchyard_tenant;
GRANT SELECT("startedAt") ON TABLE public."IncidentUpdate" TO switchyard_tenant;
GRANT SELECT("publishedAt") ON TABLE public."IncidentUpdate" TO switchyard_tenant;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public."Job" TO switchyard_platform;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public."JobItem" TO switchyard_platform;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public."Lease" TO switchyard_platform;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public."LoadEvent" TO switchyard_platform;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public."Membership" TO switchyard_platform;
GRANT SELECT ON TABLE public."Membership" TO switchyard_tenant;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public."Node" TO switchyard_platform;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public."Notification" TO switchyard_platform;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public."NotificationChannel" TO switchyard_platform;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public."Objective" TO switchyard_platform;
GRANT SELECT(id) ON TABLE public."Objective" TO switchyard_tenant;
GRANT SELECT("tenantId") ON TABLE public."Objective" TO switchyard_tenant;
GRANT SELECT("poolId") ON TABLE public."Objective" TO switchyard_tenant;
GRANT SELECT(kind) ON TABLE public."Objective" TO switchyard_tenant;
GRANT SELECT(target) ON TABLE public."Objective" TO switchyard_tenant;
GRANT SELECT("windowDays") ON TABLE public."Objective" TO switchyard_tenant;
GRANT SELECT(visibility) ON TABLE public."Objective" TO switchyard_tenant;
GRANT SELECT(status) ON TABLE public."Objective" TO switchyard_tenant;
GRANT SELECT("countedTo") ON TABLE public."Objective" TO switchyard_tenant;
GRANT SELECT(generation) ON TABLE public."Objective" TO switchyard_tenant;
GRANT SELECT("createdAt") ON TABLE public."Objective" TO switchyard_tenant;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public."ObjectiveCount" TO switchyard_platform;
GRANT SELECT ON TABLE public."ObjectiveCount" TO switchyard_tenant;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public."OffboardingStep" TO switchyard_platform;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public."Placement" TO switchyard_platform;
GRANT SELECT ON TABLE public."Placement" TO switchyard_tenant;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public."Pool" TO switchyard_platform;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public."RecordedCase" TO switchyard_platform;
GRANT SELECT,DELETE ON TABLE public."RecordedCase" TO switchyard_tenant;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public."Recording" TO switchyard_platform;
GRANT SELECT,INSERT ON TABLE public."Recording" TO switchyard_tenant;

GRANT UPDATE("endedAt") ON TABLE public."Recording" TO switchyard_tenant;
GRANT UPDATE("endedBy") ON TABLE public."Recording" TO switchyard_tenant;
GRANT UPDATE("endReason") ON TABLE public."Recording" TO switchyard_tenant;
GRANT UPDATE("openFor") ON TABLE public."Recording" TO switchyard_tenant;
GRANT UPDATE("endedByCustomer") ON TABLE public."Recording" TO switchyard_tenant;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public."Registration" TO switchyard_platform;
GRANT SELECT ON TABLE public."Registration" TO switchyard_tenant;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public."Residency" TO switchyard_platform;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public."Rollout" TO switchyard_platform;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public."RolloutNode" TO switchyard_platform;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public."Route" TO switchyard_platform;
GRANT SELECT ON TABLE public."Route" TO switchyard_tenant;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public."ServiceCondition" TO switchyard_platform;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public."Session" TO switchyard_platform;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public."Setting" TO switchyard_platform;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public."SignInAttempt" TO switchyard_platform;
GRANT SELECT,USAGE ON SEQUENCE public."SignInAttempt_id_seq" TO switchyard_platform;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public."Silence" TO switchyard_platform;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public."Tenant" TO switchyard_platform;
GRANT SELECT ON TABLE public."Tenant" TO switchyard_tenant;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public."TenantTools" TO switchyard_platform;
GRANT SELECT ON TABLE public."TenantTools" TO switchyard_tenant;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public."User" TO switchyard_platform;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public."Verdict" TO switchyard_platform;
GRANT SELECT ON TABLE public."Verdict" TO switchyard_tenant;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public."VersionFile" TO switchyard_platform;
GRANT SELECT ON TABLE public."VersionFile" TO switchyard_tenant;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public."VersionRelease" TO switchyard_platform;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public."VersionRetention" TO switchyard_platform;
GRANT SELECT("versionId") ON TABLE public."VersionRetention" TO switchyard_tenant;
GRANT SELECT(holder) ON TABLE public."VersionRetention" TO switchyard_tenant;
GRANT SELECT("tenantId") ON TABLE public."VersionRetention" TO switchyard_tenant;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public."WorkerInstance" TO switchyard_platform;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.usage_pending TO switchyard_platform;
GRANT SELECT ON TABLE public.usage_pending TO switchyard_tenant;

GRANT SELECT ON TABLE reporting.histogram_bounds TO switchyard_platform;
GRANT SELECT ON TABLE reporting.node_cache_minute TO switchyard_platform;
GRANT SELECT ON TABLE reporting.node_hour TO switchyard_platform;
GRANT SELECT ON TABLE reporting.node_minute TO switchyard_platform;
GRANT SELECT ON TABLE reporting.request TO switchyard_platform;
GRANT SELECT ON TABLE reporting.usage_hour TO switchyard_platform;
GRANT SELECT ON TABLE reporting.usage_minute TO switchyard_platform;

ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT,USAGE ON SEQUENCES  TO switchyard_platform;

ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT,INSERT,DELETE,UPDATE ON TABLES  TO switchyard_platform;

-- The first partitions. From now on the worker makes them, and whatever stores rows of another time.
SELECT public.keep_partitions('public.usage_minute', 'day', now(), interval '31 days'),
  public.keep_partitions('public.usage_5_minutes', 'day', now(), interval '90 days'),
  public.keep_partitions('public.usage_hour', 'month', now(), interval '400 days'),
  public.keep_partitions('public.request', 'day', now(), interval '31 days');
