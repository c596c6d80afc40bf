import type { EngineObserver, FinishedStats, StepStats } from "../engine/observer.ts";
import { INTER_TOKEN_BUCKETS, ITERATION_TOKENS_BUCKETS, oneTwoFiveBuckets, TTFT_BUCKETS } from "./buckets.ts";
import { Exposition, type Labels } from "./exposition.ts";
import { requestMetrics } from "./request-metrics.ts";

export type NodeMetricsOptions = {
  modelName: string;
  maxLoras: number;
  maxModelLen: number;
  kvBlocks: number;
  gpuMemoryUtilization: number;
  /** Unix time of the start in seconds: `process_start_time_seconds`. */
  startedAtSeconds: number;
  /** How far the machine's clock is off by now. */
  skewSeconds: () => number;
  nowSeconds: () => number;
  process: { residentBytes: () => number; cpuSeconds: () => number };
};

export type NodeMetrics = EngineObserver & {
  render(): string;
  /** One answered HTTP request, for every path but the scrape and health ones. */
  answered(request: { handler: string; method: string; status: number; seconds: number }): void;
};

/** What a vLLM node exports on /metrics, plus the two counters of Switchyard's own plugin. */
export function createNodeMetrics(options: NodeMetricsOptions): NodeMetrics {
  const exposition = new Exposition(options.startedAtSeconds);
  const labels = { engine: "0", model_name: options.modelName };
  exposition.live(
    "process_resident_memory_bytes",
    "Resident memory size in bytes.",
    "gauge",
    options.process.residentBytes,
  );
  exposition.live(
    "process_start_time_seconds",
    "Start time of the process since unix epoch in seconds.",
    "gauge",
    () => options.startedAtSeconds + options.skewSeconds(),
  );
  exposition.live(
    "process_cpu_seconds_total",
    "Total user and system CPU time spent in seconds.",
    "counter",
    options.process.cpuSeconds,
  );
  constantMetrics(exposition, labels, options);
  const scheduler = schedulerMetrics(exposition, labels);
  const lora = loraMetrics(exposition, options);
  const finished = requestMetrics(exposition, labels, oneTwoFiveBuckets(options.maxModelLen));
  const ttft = exposition.histogram(
    "vllm:time_to_first_token_seconds",
    "Histogram of time to first token in seconds.",
    labels,
    TTFT_BUCKETS,
  );
  const interToken = exposition.histogram(
    "vllm:inter_token_latency_seconds",
    "Histogram of inter-token latency in seconds.",
    labels,
    INTER_TOKEN_BUCKETS,
  );
  const promptTokenCount = exposition.counter("vllm:prompt_tokens", "Number of prefill tokens processed.", labels);
  const answered = httpMetrics(exposition);
  return {
    render: () => exposition.render(),
    answered,
    ...scheduler,
    ...prefixMetrics(exposition, labels),
    ...lora,
    stepped(stats) {
      scheduler.stepped(stats);
      lora.stepped(stats);
    },
    firstToken(seconds, promptTokens) {
      ttft.observe(seconds);
      promptTokenCount.inc(promptTokens);
    },
    nextTokens: (seconds) => interToken.observe(seconds),
    finished: (stats: FinishedStats) => finished(stats),
    died: () => {},
  };
}

/** Families that never change while a node runs. */
function constantMetrics(exposition: Exposition, labels: Labels, options: NodeMetricsOptions): void {
  const sleep = exposition.gauge(
    "vllm:engine_sleep_state",
    "Engine sleep state; awake = 1 means engine is awake.",
    labels,
    [{ sleep_state: "awake" }, { sleep_state: "weights_offloaded" }, { sleep_state: "discard_all" }],
  );
  sleep.set(1, { sleep_state: "awake" });
  const cacheInfo = exposition.gauge("vllm:cache_config_info", "Information of the LLMEngine CacheConfig", {
    block_size: "16",
    enable_prefix_caching: "True",
    engine: "0",
    gpu_memory_utilization: String(options.gpuMemoryUtilization),
    num_gpu_blocks: String(options.kvBlocks),
  });
  cacheInfo.set(1);
}

function schedulerMetrics(exposition: Exposition, labels: Labels) {
  const running = exposition.gauge(
    "vllm:num_requests_running",
    "Number of requests in model execution batches.",
    labels,
  );
  const waiting = exposition.gauge("vllm:num_requests_waiting", "Number of requests waiting to be processed.", labels);
  const byReason = exposition.gauge(
    "vllm:num_requests_waiting_by_reason",
    "Number of waiting requests by reason. Reason labels: 'capacity' = waiting for scheduling capacity; 'deferred' = " +
      "deferred by transient constraints (LoRA budget, KV transfer, blocked status). Sum of all reasons equals vllm:num_requests_waiting.",
    labels,
    [{ reason: "capacity" }, { reason: "deferred" }],
  );
  const kvUsage = exposition.gauge("vllm:kv_cache_usage_perc", "KV-cache usage. 1 means 100 percent usage.", labels);
  exposition.counter("vllm:num_preemptions", "Cumulative number of preemption from the engine.", labels);
  const generation = exposition.counter("vllm:generation_tokens", "Number of generation tokens processed.", labels);
  const iterationTokens = exposition.histogram(
    "vllm:iteration_tokens_total",
    "Histogram of number of tokens per engine_step.",
    labels,
    ITERATION_TOKENS_BUCKETS,
  );
  return {
    stepped(stats: StepStats) {
      running.set(stats.running);
      waiting.set(stats.waiting + stats.deferred);
      byReason.set(stats.waiting, { reason: "capacity" });
      byReason.set(stats.deferred, { reason: "deferred" });
      kvUsage.set(stats.kvUsage);
      generation.inc(stats.generatedTokens);
      iterationTokens.observe(stats.computedTokens + stats.generatedTokens);
    },
  };
}

function prefixMetrics(exposition: Exposition, labels: Labels) {
  const queries = exposition.counter(
    "vllm:prefix_cache_queries",
    "Prefix cache queries, in terms of number of queried tokens.",
    labels,
  );
  const hits = exposition.counter(
    "vllm:prefix_cache_hits",
    "Prefix cache hits, in terms of number of cached tokens.",
    labels,
  );
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
  return {
    prefixLookup(queriedTokens: number, cachedTokens: number) {
      queries.inc(queriedTokens);
      hits.inc(cachedTokens);
      cached.inc(cachedTokens);
      bySource.inc(cachedTokens, { source: "local_cache_hit" });
      bySource.inc(queriedTokens - cachedTokens, { source: "local_compute" });
    },
  };
}

function loraMetrics(exposition: Exposition, options: NodeMetricsOptions) {
  // Both lists hold every adapter with any request, and no old label set is ever removed: vLLM's own quirks.
  const info = exposition.gauge(
    "vllm:lora_requests_info",
    "Running stats on lora requests.",
    { max_lora: String(options.maxLoras) },
    [],
  );
  const evictions = exposition.counter(
    "switchyard_lora_evictions",
    "Adapters dropped from a tier to make room for another.",
    {},
    [{ tier: "gpu" }, { tier: "cpu" }],
  );
  const swaps = exposition.counter(
    "switchyard_lora_swaps",
    "Adapters that entered a batch, by the tier their weights came from; gpu = already in a slot.",
    {},
    [{ source: "cpu" }, { source: "disk" }, { source: "gpu" }],
  );
  return {
    stepped(stats: StepStats) {
      const names = stats.loraNames.join(",");
      info.set(options.nowSeconds(), { running_lora_adapters: names, waiting_lora_adapters: names });
    },
    touched: ((touch, isEntering) => {
      if (touch.source !== "gpu" || isEntering) swaps.inc(1, { source: touch.source });
      evictions.inc(touch.evictedFromGpu.length, { tier: "gpu" });
      evictions.inc(touch.evictedFromCpu.length, { tier: "cpu" });
    }) satisfies EngineObserver["touched"],
  };
}

function httpMetrics(exposition: Exposition): NodeMetrics["answered"] {
  const requests = exposition.counter(
    "http_requests",
    "Total number of requests by method, status and handler.",
    {},
    [],
  );
  const duration = exposition.histogram(
    "http_request_duration_seconds",
    "Latency with only few buckets by handler. Made to be only used if aggregation by handler is important. ",
    {},
    [0.1, 0.5, 1],
    [],
  );
  return ({ handler, method, status, seconds }) => {
    requests.inc(1, { handler, method, status: `${Math.floor(status / 100)}xx` });
    duration.observe(seconds, { handler, method });
  };
}
