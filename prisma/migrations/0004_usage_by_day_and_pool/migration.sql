-- Sums of usage that stay small when tenants become many: by the day for each tenant, and for each pool over all its tenants.
-- Charts of the whole fleet and of 30 days read these instead of a row for every tenant, version and node.

CREATE TABLE public.usage_day (LIKE public.usage_hour) PARTITION BY RANGE (at);
ALTER TABLE public.usage_day ADD CONSTRAINT usage_day_pkey PRIMARY KEY ("tenantId", at, "adapterId", "versionId", "nodeId", kind, via);
CREATE INDEX usage_day_at_idx ON public.usage_day USING btree (at);

CREATE TABLE public.usage_pool_minute (
    at timestamp(3) with time zone NOT NULL,
    "poolId" text NOT NULL,
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
CREATE TABLE public.usage_pool_5_minutes (LIKE public.usage_pool_minute) PARTITION BY RANGE (at);
CREATE TABLE public.usage_pool_hour (LIKE public.usage_pool_minute) PARTITION BY RANGE (at);
ALTER TABLE public.usage_pool_minute ADD CONSTRAINT usage_pool_minute_pkey PRIMARY KEY (at, "poolId", kind, via);
ALTER TABLE public.usage_pool_5_minutes ADD CONSTRAINT usage_pool_5_minutes_pkey PRIMARY KEY (at, "poolId", kind, via);
ALTER TABLE public.usage_pool_hour ADD CONSTRAINT usage_pool_hour_pkey PRIMARY KEY (at, "poolId", kind, via);

-- what is asked of one node: its charts
CREATE INDEX "usage_5_minutes_nodeId_at_idx" ON public.usage_5_minutes USING btree ("nodeId", at);
CREATE INDEX "usage_hour_nodeId_at_idx" ON public.usage_hour USING btree ("nodeId", at);
CREATE INDEX "usage_day_nodeId_at_idx" ON public.usage_day USING btree ("nodeId", at);

-- Sums over all customers are for staff alone.
ALTER TABLE public.usage_day ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.usage_pool_minute ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.usage_pool_5_minutes ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.usage_pool_hour ENABLE ROW LEVEL SECURITY;
ALTER TABLE ONLY public.usage_day FORCE ROW LEVEL SECURITY;
ALTER TABLE ONLY public.usage_pool_minute FORCE ROW LEVEL SECURITY;
ALTER TABLE ONLY public.usage_pool_5_minutes FORCE ROW LEVEL SECURITY;
ALTER TABLE ONLY public.usage_pool_hour FORCE ROW LEVEL SECURITY;
CREATE POLICY platform ON public.usage_day TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY tenant ON public.usage_day TO switchyard_tenant USING (("tenantId" = public.switchyard_tenant_id())) WITH CHECK (false);
CREATE POLICY platform ON public.usage_pool_minute TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY platform ON public.usage_pool_5_minutes TO switchyard_platform USING (true) WITH CHECK (true);
CREATE POLICY platform ON public.usage_pool_hour TO switchyard_platform USING (true) WITH CHECK (true);
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.usage_day, public.usage_pool_minute, public.usage_pool_5_minutes,
  public.usage_pool_hour TO switchyard_platform;
GRANT SELECT ON TABLE public.usage_day TO switchyard_tenant;

SELECT public.keep_partitions('public.usage_day', 'month', now(), interval '400 days'),
  public.keep_partitions('public.usage_pool_minute', 'day', now(), interval '31 days'),
  public.keep_partitions('public.usage_pool_5_minutes', 'day', now(), interval '90 days'),
  public.keep_partitions('public.usage_pool_hour', 'month', now(), interval '400 days');

-- What is on record is summed now; what is still to be summed of it, the worker sums again.
SET LOCAL ROLE switchyard_platform;
SELECT public.keep_partitions(target::regclass, 'month', month, interval '1000 years')
FROM (SELECT DISTINCT date_trunc('month', at, 'UTC') AS month FROM public.usage_hour) AS months,
  unnest(ARRAY['public.usage_day', 'public.usage_pool_hour']) AS target;
SELECT public.keep_partitions(target::regclass, 'day', day, interval '1000 years')
FROM (
  SELECT DISTINCT 'public.usage_pool_minute' AS target, date_trunc('day', at, 'UTC') AS day FROM public.usage_minute
  UNION SELECT DISTINCT 'public.usage_pool_5_minutes', date_trunc('day', at, 'UTC') FROM public.usage_5_minutes
) AS days;
INSERT INTO public.usage_day (at, "tenantId", "adapterId", "versionId", "nodeId", kind, via, "requests", "answered", "failed", "refused", "shed", "turnedAway", "fallbacks", "uncounted", "promptTokens", "completionTokens", "busyMs",
  "fallbackReasons", "failureReasons", "latency", "ttft", "interToken", "queued", "simulated", "lastAt")
SELECT date_trunc('day', u.at, 'UTC'), u."tenantId", u."adapterId", u."versionId", u."nodeId", u.kind, u.via,
  sum(u."requests"), sum(u."answered"), sum(u."failed"), sum(u."refused"), sum(u."shed"), sum(u."turnedAway"),
  sum(u."fallbacks"), sum(u."uncounted"), sum(u."promptTokens"), sum(u."completionTokens"), sum(u."busyMs"),
  public.sum_counts(u."fallbackReasons"), public.sum_counts(u."failureReasons"), public.sum_counts(u."latency"), public.sum_counts(u."ttft"), public.sum_counts(u."interToken"), public.sum_counts(u."queued"),
  bool_or(u."simulated"), max(u."lastAt")
FROM public.usage_hour u GROUP BY 1, 2, 3, 4, 5, 6, 7;
INSERT INTO public.usage_pool_minute (at, "poolId", kind, via, "requests", "answered", "failed", "refused", "shed", "turnedAway", "fallbacks", "uncounted", "promptTokens", "completionTokens", "busyMs",
  "fallbackReasons", "failureReasons", "latency", "ttft", "interToken", "queued", "simulated", "lastAt")
SELECT u.at, coalesce(n."poolId", ''), u.kind, u.via,
  sum(u."requests"), sum(u."answered"), sum(u."failed"), sum(u."refused"), sum(u."shed"), sum(u."turnedAway"),
  sum(u."fallbacks"), sum(u."uncounted"), sum(u."promptTokens"), sum(u."completionTokens"), sum(u."busyMs"),
  public.sum_counts(u."fallbackReasons"), public.sum_counts(u."failureReasons"), public.sum_counts(u."latency"), public.sum_counts(u."ttft"), public.sum_counts(u."interToken"), public.sum_counts(u."queued"),
  bool_or(u."simulated"), max(u."lastAt")
FROM public.usage_minute u LEFT JOIN public."Node" n ON n.id = u."nodeId" GROUP BY 1, 2, 3, 4;
INSERT INTO public.usage_pool_5_minutes (at, "poolId", kind, via, "requests", "answered", "failed", "refused", "shed", "turnedAway", "fallbacks", "uncounted", "promptTokens", "completionTokens", "busyMs",
  "fallbackReasons", "failureReasons", "latency", "ttft", "interToken", "queued", "simulated", "lastAt")
SELECT u.at, coalesce(n."poolId", ''), u.kind, u.via,
  sum(u."requests"), sum(u."answered"), sum(u."failed"), sum(u."refused"), sum(u."shed"), sum(u."turnedAway"),
  sum(u."fallbacks"), sum(u."uncounted"), sum(u."promptTokens"), sum(u."completionTokens"), sum(u."busyMs"),
  public.sum_counts(u."fallbackReasons"), public.sum_counts(u."failureReasons"), public.sum_counts(u."latency"), public.sum_counts(u."ttft"), public.sum_counts(u."interToken"), public.sum_counts(u."queued"),
  bool_or(u."simulated"), max(u."lastAt")
FROM public.usage_5_minutes u LEFT JOIN public."Node" n ON n.id = u."nodeId" GROUP BY 1, 2, 3, 4;
INSERT INTO public.usage_pool_hour (at, "poolId", kind, via, "requests", "answered", "failed", "refused", "shed", "turnedAway", "fallbacks", "uncounted", "promptTokens", "completionTokens", "busyMs",
  "fallbackReasons", "failureReasons", "latency", "ttft", "interToken", "queued", "simulated", "lastAt")
SELECT u.at, coalesce(n."poolId", ''), u.kind, u.via,
  sum(u."requests"), sum(u."answered"), sum(u."failed"), sum(u."refused"), sum(u."shed"), sum(u."turnedAway"),
  sum(u."fallbacks"), sum(u."uncounted"), sum(u."promptTokens"), sum(u."completionTokens"), sum(u."busyMs"),
  public.sum_counts(u."fallbackReasons"), public.sum_counts(u."failureReasons"), public.sum_counts(u."latency"), public.sum_counts(u."ttft"), public.sum_counts(u."interToken"), public.sum_counts(u."queued"),
  bool_or(u."simulated"), max(u."lastAt")
FROM public.usage_hour u LEFT JOIN public."Node" n ON n.id = u."nodeId" GROUP BY 1, 2, 3, 4;
INSERT INTO public.usage_pending ("stepSeconds", at)
SELECT 60, u.at FROM public.usage_minute u JOIN public.usage_pending p
  ON p."stepSeconds" = 300 AND u.at >= p.at AND u.at < p.at + interval '5 minutes'
UNION SELECT 86400, date_trunc('day', at, 'UTC') FROM public.usage_pending WHERE "stepSeconds" = 3600;
RESET ROLE;
