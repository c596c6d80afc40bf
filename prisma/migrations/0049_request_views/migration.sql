-- Requests and usage for people and for Grafana, as 0046 has it for nodes: plain names, units in names. Histograms and reasons
-- are summed with sum_counts().

DO $$
DECLARE
  kept text;
BEGIN
  FOREACH kept IN ARRAY ARRAY['request', 'usage_minute', 'usage_hour', '"Tenant"', '"Adapter"', '"AdapterVersion"'] LOOP
    EXECUTE format('CREATE POLICY reporting ON public.%s FOR SELECT TO CURRENT_USER USING (true)', kept);
  END LOOP;
END $$;

CREATE FUNCTION reporting.bucket_ms(bucket int) RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN bucket <= 0 THEN 0 ELSE 0.1 * 1.1::float8 ^ bucket / 1.05 END
$$;
COMMENT ON FUNCTION reporting.bucket_ms IS
  'The duration that a bucket of a histogram stands for, ms; every duration in it is at most 5 % off.';

CREATE FUNCTION reporting.quantile_ms(histogram json, q float8) RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT reporting.bucket_ms(min(bucket))
  FROM (
    SELECT key::int AS bucket, sum(value::bigint) OVER (ORDER BY key::int) AS below, sum(value::bigint) OVER () AS total
    FROM json_each_text(histogram)
  ) AS counts
  WHERE below >= ceil(q * total - 1e-9)
$$;
COMMENT ON FUNCTION reporting.quantile_ms IS
  'A quantile of a histogram, ms, at most 5 % off; null of no durations. Sum histograms with sum_counts() first.';

CREATE FUNCTION reporting.count_within(histogram json, limit_ms float8) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT coalesce(sum(value::bigint), 0)::bigint FROM json_each_text(histogram) WHERE reporting.bucket_ms(key::int) <= limit_ms
$$;
COMMENT ON FUNCTION reporting.count_within IS 'How many durations of a histogram are at or below a limit, which is at most 5 % off.';

CREATE VIEW reporting.request AS
SELECT r."id" AS request_id, r."arrivedAt" AS arrived_at, t."slug" AS tenant, a."slug" AS adapter, v."number" AS version,
  n."name" AS node, r."kind"::text AS kind, r."via"::text AS via, r."status" AS status, r."reason" AS reason,
  r."fallbackReason" AS fallback_reason, r."path" AS path, r."stream" AS is_stream, r."attempts" AS attempts,
  r."expectedTier" AS expected_tier, date_part('epoch', r."endedAt" - r."arrivedAt") * 1000 AS latency_ms,
  CASE WHEN r."stream" THEN date_part('epoch', r."firstByteAt" - r."arrivedAt") * 1000 END AS ttft_ms,
  r."queuedMs" AS queued_ms, r."promptTokens" AS prompt_tokens, r."completionTokens" AS completion_tokens,
  r."dispatchedAt" AS dispatched_at, r."firstByteAt" AS first_byte_at, r."endedAt" AS ended_at, r."simulated" AS simulated,
  r."tenantId" AS tenant_id, r."adapterId" AS adapter_id, r."versionId" AS version_id, r."nodeId" AS node_id,
  r."endpointId" AS endpoint_id
FROM public.request r LEFT JOIN public."Tenant" t ON t."id" = r."tenantId" LEFT JOIN public."Adapter" a ON a."id" = r."adapterId"
  LEFT JOIN public."AdapterVersion" v ON v."id" = r."versionId" LEFT JOIN public."Node" n ON n."id" = r."nodeId";
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

DO $$
DECLARE
  view text;
  gateway text;
  noted text[];
BEGIN
  FOREACH view IN ARRAY ARRAY['usage_minute', 'usage_hour'] LOOP
    gateway := CASE view WHEN 'usage_minute' THEN 'u."instanceId"' ELSE 'NULL::text' END;
    EXECUTE format('CREATE VIEW reporting.%I AS
      SELECT u."at" AS at, t."slug" AS tenant, a."slug" AS adapter, v."number" AS version, n."name" AS node, u."kind"::text AS kind,
        nullif(u."via", '''') AS via, %s AS gateway_id, u."requests" AS requests, u."answered" AS answered, u."failed" AS failed,
        u."refused" AS refused, u."shed" AS shed, u."turnedAway" AS turned_away, u."fallbacks" AS fallbacks,
        u."fallbackReasons" AS fallback_reasons, u."failureReasons" AS failure_reasons, u."promptTokens" AS prompt_tokens,
        u."completionTokens" AS completion_tokens, u."uncounted" AS without_tokens, u."busyMs" AS busy_ms,
        u."latency" AS latency_histogram, u."ttft" AS ttft_histogram, u."interToken" AS inter_token_histogram,
        u."queued" AS queued_histogram, u."lastAt" AS last_ended_at, u."simulated" AS simulated, u."tenantId" AS tenant_id,
        nullif(u."adapterId", '''') AS adapter_id, nullif(u."versionId", '''') AS version_id, nullif(u."nodeId", '''') AS node_id
      FROM public.%I u LEFT JOIN public."Tenant" t ON t."id" = u."tenantId" LEFT JOIN public."Adapter" a ON a."id" = u."adapterId"
        LEFT JOIN public."AdapterVersion" v ON v."id" = u."versionId" LEFT JOIN public."Node" n ON n."id" = u."nodeId"',
      view, gateway, view);
    FOREACH noted SLICE 1 IN ARRAY ARRAY[
      ['at', 'Start of the step. A request counts in the minute in which it ended.'],
      ['answered', 'With a status below 400.'],
      ['failed', 'With a status of 500 or more.'],
      ['refused', 'With a status of 400 to 499, 429 aside; 499 = the client left.'],
      ['shed', 'With 429: over a limit of the tenant, or no place in time.'],
      ['turned_away', 'Of shed: for want of room, or by a manual override.'],
      ['fallbacks', 'Of answered: by something other than the live version.'],
      ['fallback_reasons', '{reason: fallbacks}; sum with sum_counts().'],
      ['failure_reasons', '{code: requests} of failed and turned_away.'],
      ['without_tokens', 'Of answered: replies that reported no tokens.'],
      ['busy_ms', 'Time from dispatch to end, at most a minute of each, summed; by the ms of the step it is how many ran at once.'],
      ['latency_histogram', '{bucket: answered requests} from arrival to the last byte; see reporting.quantile_ms().'],
      ['ttft_histogram', '{bucket: streams} from arrival to the first byte.'],
      ['inter_token_histogram', '{bucket: gaps} between the chunks of streams.'],
      ['queued_histogram', '{bucket: requests} waiting for a place at the gateway.']
    ] LOOP
      EXECUTE format('COMMENT ON COLUMN reporting.%I.%I IS %L', view, noted[1], noted[2]);
    END LOOP;
  END LOOP;
END $$;
COMMENT ON VIEW reporting.usage_minute IS
  'Requests by minute, tenant, adapter version, node, kind, way of answering (via) and gateway. Kept 31 days.';
COMMENT ON VIEW reporting.usage_hour IS 'The same by the hour, over all gateways. Complete some minutes after the hour. Kept 400 days.';

GRANT SELECT ON ALL TABLES IN SCHEMA reporting TO switchyard_platform;
