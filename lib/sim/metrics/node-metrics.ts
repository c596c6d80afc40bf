import type { EngineObserver, StepStats } from "../engine/observer.ts";
import type { MetricsProfile } from "../engine-profile.ts";
import { ITERATION_TOKENS_BUCKETS, latencyBuckets, oneTwoFiveBuckets } from "./buckets.ts";
import { Exposition, type Labels } from "./exposition.ts";
import { loraInfo } from "./lora-info.ts";
import { type PluginMetricsOptions, pluginMetrics } from "./plugin-metrics.ts";
import { httpMetrics, type ProcessFacts, processMetrics } from "./process-metrics.ts";
import { requestMetrics } from "./request-metrics.ts";

export type NodeMetricsOptions = PluginMetricsOptions & {
  modelName: string;
  profile: MetricsProfile;
  /** `--enable-lora`: without it there is no series about adapters. */
  enablesLora: boolean;
  /** Switchyard's plugin is installed. */
  plugin: boolean;
  maxModelLen: number;
  kvBlocks: number;
  gpuMemoryUtilization: number;
  nowSeconds: () => number;
  process: ProcessFacts;
};

export type NodeMetrics = EngineObserver & {
  render(): string;
  /** One answered HTTP request, for every path but the scrape and health ones. */
  answered(request: { handler: string; method: string; status: number; seconds: number }): void;
  /** null = awake, else the level. */
  slept(level: 1 | 2 | null): void;
};

/** What a vLLM node of one release exports on /metrics; with the plugin also the plugin's series. */
export function createNodeMetrics(options: NodeMetricsOptions): NodeMetrics {
  const { profile } = options;
  const exposition = new Exposition(options.process.startedAtSeconds);
  const labels: Labels = { ...(profile.isV1 ? { engine: "0" } : {}), model_name: options.modelName };
  processMetrics(exposition, options.process);
  const slept = constantMetrics(exposition, labels, options);
  const scheduler = schedulerMetrics(exposition, labels, profile);
  const lora = options.enablesLora && profile.hasLoraInfo ? loraInfo(exposition, options) : null;
  const plugin = options.plugin ? pluginMetrics(exposition, options) : null;
  const finished = requestMetrics(exposition, labels, oneTwoFiveBuckets(options.maxModelLen), profile);
  return {
    render: () => exposition.render(),
    answered: httpMetrics(exposition),
    slept,
    ...prefixMetrics(exposition, labels, profile),
    ...tokenMetrics(exposition, labels, profile),
    finished,
    stepped(stats) {
      scheduler(stats);
      lora?.(stats);
      plugin?.stepped(stats);
    },
    touched: (...touch) => plugin?.touched(...touch),
    died: () => {},
  };
}

/** Families that hardly ever change while a node runs. @returns how to say that the engine sleeps or wakes */
function constantMetrics(exposition: Exposition, labels: Labels, options: NodeMetricsOptions): NodeMetrics["slept"] {
  const cacheInfo = exposition.gauge("vllm:cache_config_info", "Information of the LLMEngine CacheConfig", {
    // the CPU platform's own default is 128 tokens
    block_size: options.device === "cpu" ? "128" : "16",
    cache_dtype: "auto",
    enable_prefix_caching: "True",
    ...(options.profile.isV1 ? { engine: "0" } : {}),
    gpu_memory_utilization: String(options.gpuMemoryUtilization),
    num_gpu_blocks: String(options.kvBlocks),
    user_specified_block_size: "False",
  });
  cacheInfo.set(1);
  if (!options.profile.hasSleepState) return () => {};
  const states = ["awake", "weights_offloaded", "discard_all"] as const;
  const sleep = exposition.gauge(
    "vllm:engine_sleep_state",
    "Engine sleep state; awake = 1 means engine is awake.",
    labels,
    states.map((sleep_state) => ({ sleep_state })),
  );
  const slept: NodeMetrics["slept"] = (level) => {
    for (const [at, sleep_state] of states.entries()) sleep.set(at === (level ?? 0) ? 1 : 0, { sleep_state });
  };
  slept(null);
  return slept;
}

function schedulerMetrics(exposition: Exposition, labels: Labels, profile: MetricsProfile) {
  const gauge = (name: string, help: string) => exposition.gauge(name, help, labels);
  const running = gauge("vllm:num_requests_running", "Number of requests in model execution batches.");
  const waiting = gauge("vllm:num_requests_waiting", "Number of requests waiting to be processed.");
  const byReason = profile.hasWaitingByReason ? waitingByReason(exposition, labels) : null;
  const kvUsage = profile.kvUsage.map((name) => gauge(name, "KV-cache usage. 1 means 100 percent usage."));
  if (!profile.isV1) {
    gauge("vllm:num_requests_swapped", "Number of requests swapped to CPU.");
    gauge("vllm:cpu_cache_usage_perc", "CPU KV-cache usage. 1 means 100 percent usage.");
    gauge("vllm:cpu_prefix_cache_hit_rate", "CPU prefix cache block hit rate.");
  }
  exposition.counter("vllm:num_preemptions", "Cumulative number of preemption from the engine.", labels);
  const generation = exposition.counter("vllm:generation_tokens", "Number of generation tokens processed.", labels);
  const iterationTokens = profile.hasPhases
    ? exposition.histogram(
        "vllm:iteration_tokens_total",
        "Histogram of number of tokens per engine_step.",
        labels,
        ITERATION_TOKENS_BUCKETS,
      )
    : null;
  return (stats: StepStats) => {
    running.set(stats.running);
    waiting.set(stats.waiting + stats.deferred);
    byReason?.(stats);
    for (const usage of kvUsage) usage.set(stats.kvUsage);
    generation.inc(stats.generatedTokens);
    iterationTokens?.observe(stats.computedTokens + stats.generatedTokens);
  };
}

function waitingByReason(exposition: Exposition, labels: Labels): (stats: StepStats) => void {
  const byReason = exposition.gauge(
    "vllm:num_requests_waiting_by_reason",
    "Number of waiting requests by reason. Reason labels: 'capacity' = waiting for scheduling capacity; 'deferred' = " +
      "deferred by transient constraints (LoRA budget, KV transfer, blocked status). Sum of all reasons equals vllm:num_requests_waiting.",
    labels,
    [{ reason: "capacity" }, { reason: "deferred" }],
  );
  return (stats) => {
    byReason.set(stats.waiting, { reason: "capacity" });
    byReason.set(stats.deferred, { reason: "deferred" });
  };
}

function prefixMetrics(
  exposition: Exposition,
  labels: Labels,
  profile: MetricsProfile,
): Pick<EngineObserver, "prefixLookup"> {
  const counters = profile.prefixCache.map((prefix) => ({
    queries: exposition.counter(`${prefix}_queries`, "Prefix cache queries, in number of queried tokens.", labels),
    hits: exposition.counter(`${prefix}_hits`, "Prefix cache hits, in number of cached tokens.", labels),
  }));
  const hitRate = profile.isV1
    ? null
    : exposition.gauge("vllm:gpu_prefix_cache_hit_rate", "GPU prefix cache block hit rate.", labels);
  const sources = profile.hasTokenSources ? tokenSources(exposition, labels) : null;
  let [queried, found] = [0, 0];
  return {
    prefixLookup(queriedTokens, cachedTokens) {
      queried += queriedTokens;
      found += cachedTokens;
      for (const { queries, hits } of counters) {
        queries.inc(queriedTokens);
        hits.inc(cachedTokens);
      }
      hitRate?.set(queried === 0 ? 0 : found / queried);
      sources?.(queriedTokens, cachedTokens);
    },
  };
}

function tokenSources(exposition: Exposition, labels: Labels): EngineObserver["prefixLookup"] {
  const cached = exposition.counter(
    "vllm:prompt_tokens_cached",
    "Number of cached prompt tokens (local + external).",
    labels,
  );
  const bySource = exposition.counter("vllm:prompt_tokens_by_source", "Number of prompt tokens by source.", labels, [
    { source: "local_compute" },
    { source: "local_cache_hit" },
    { source: "external_kv_transfer" },
  ]);
  return (queriedTokens, cachedTokens) => {
    cached.inc(cachedTokens);
    bySource.inc(cachedTokens, { source: "local_cache_hit" });
    bySource.inc(queriedTokens - cachedTokens, { source: "local_compute" });
  };
}

function tokenMetrics(
  exposition: Exposition,
  labels: Labels,
  profile: MetricsProfile,
): Pick<EngineObserver, "firstToken" | "nextTokens"> {
  const buckets = latencyBuckets(profile.buckets);
  const ttft = exposition.histogram(
    "vllm:time_to_first_token_seconds",
    "Histogram of time to first token in seconds.",
    labels,
    buckets.ttft,
  );
  const interToken = profile.interToken.map((name) =>
    exposition.histogram(name, "Histogram of inter-token latency in seconds.", labels, buckets.interToken),
  );
  const prompt = exposition.counter("vllm:prompt_tokens", "Number of prefill tokens processed.", labels);
  return {
    firstToken(seconds, promptTokens) {
      ttft.observe(seconds);
      prompt.inc(promptTokens);
    },
    nextTokens(seconds) {
      for (const histogram of interToken) histogram.observe(seconds);
    },
  };
}
