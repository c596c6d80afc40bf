import { chat, complete, mustLoad, totalOf } from "./ask.ts";
import type { ContractNode, Facts, Point, Sample } from "./point.ts";

async function typesOf(node: ContractNode): Promise<ReadonlyMap<string, string>> {
  const { text } = await node.send("GET", "/metrics");
  return new Map([...text.matchAll(/^# TYPE (\S+) (\w+)$/gm)].map(([, name = "", type = ""]) => [name, type]));
}

/** What a name is declared as; a missing one is null. */
async function declared(node: ContractNode, names: readonly string[]): Promise<Facts> {
  const types = await typesOf(node);
  return Object.fromEntries(names.map((name) => [name, types.get(name) ?? null]));
}

const all = (names: readonly string[], type: string): Facts => Object.fromEntries(names.map((name) => [name, type]));

const GAUGES = [
  "vllm:num_requests_running",
  "vllm:num_requests_waiting",
  "vllm:num_requests_waiting_by_reason",
  "vllm:kv_cache_usage_perc",
  "vllm:engine_sleep_state",
  "vllm:cache_config_info",
  "vllm:lora_requests_info",
];
const COUNTERS = [
  "vllm:prefix_cache_queries_total",
  "vllm:prefix_cache_hits_total",
  "vllm:num_preemptions_total",
  "vllm:prompt_tokens_total",
  "vllm:generation_tokens_total",
  "vllm:prompt_tokens_by_source_total",
  "vllm:prompt_tokens_cached_total",
  "vllm:request_success_total",
];
const HISTOGRAMS = [
  "vllm:iteration_tokens_total",
  "vllm:time_to_first_token_seconds",
  "vllm:inter_token_latency_seconds",
  "vllm:request_time_per_output_token_seconds",
  "vllm:e2e_request_latency_seconds",
  "vllm:request_queue_time_seconds",
  "vllm:request_inference_time_seconds",
  "vllm:request_prefill_time_seconds",
  "vllm:request_decode_time_seconds",
  "vllm:request_prompt_tokens",
  "vllm:request_generation_tokens",
  "vllm:request_params_n",
  "vllm:request_params_max_tokens",
];
const REMOVED = [
  "vllm:gpu_cache_usage_perc",
  "vllm:gpu_prefix_cache_hits_total",
  "vllm:time_per_output_token_seconds",
  "vllm:num_requests_swapped",
  "vllm:time_in_queue_requests",
];
/** Proposed upstream, in no release read so far. */
const PROPOSED = ["vllm:lora_eviction_count", "vllm:lora_cache_info", "vllm:lora_adapter_loaded"];

const B1 = "0.001 0.005 0.01 0.02 0.04 0.06 0.08 0.1 0.25 0.5 0.75 1 2.5 5 7.5 10 20 40 80 160 640 2560";
const B2 = "0.01 0.025 0.05 0.075 0.1 0.15 0.2 0.3 0.4 0.5 0.75 1 2.5 5 7.5 10 20 40 80";
const B3 = "0.3 0.5 0.8 1 1.5 2 2.5 5 10 15 20 30 40 50 60 120 240 480 960 1920 7680";

const bucketPoint = (letter: string, name: string, buckets: string): Point => ({
  id: `metrics.buckets-${name.replace(/^vllm:/, "").replaceAll("_", "-")}`,
  section: "3",
  says: `${name} has the buckets ${letter} and +Inf.`,
  async check(node) {
    await complete(node, node.baseModel);
    const found = (await node.samples()).filter((sample) => sample.name === `${name}_bucket`);
    const limits = found.map(({ labels }) => labels.le ?? "");
    return { buckets: limits.slice(0, -1).map(Number).join(" "), last: limits.at(-1) ?? null };
  },
  expects: { buckets, last: "+Inf" },
});

const loraInfo = (samples: readonly Sample[]) => samples.filter(({ name }) => name === "vllm:lora_requests_info");
const running = (sample: Sample | undefined) => sample?.labels.running_lora_adapters ?? null;
const newest = (samples: readonly Sample[]) => loraInfo(samples).toSorted((a, b) => b.value - a.value)[0];

export const METRICS_POINTS: readonly Point[] = [
  {
    id: "metrics.content-type",
    section: "3",
    says: "/metrics is Prometheus text.",
    async check(node) {
      const { status, contentType } = await node.send("GET", "/metrics");
      return { status, isText: contentType?.startsWith("text/plain") ?? false };
    },
    expects: { status: 200, isText: true },
  },
  {
    id: "metrics.gauges",
    section: "3",
    says: "The gauges that Switchyard reads, by name and type.",
    async check(node) {
      await complete(node, await mustLoad(node, "gauge", "good-a"));
      return declared(node, GAUGES);
    },
    expects: all(GAUGES, "gauge"),
  },
  {
    id: "metrics.counters",
    section: "3",
    says: "The counters, with `_total`.",
    check: (node) => declared(node, COUNTERS),
    expects: all(COUNTERS, "counter"),
  },
  {
    id: "metrics.histograms",
    section: "3",
    says: "The histograms; iteration_tokens_total is one in spite of its name.",
    check: (node) => declared(node, HISTOGRAMS),
    expects: all(HISTOGRAMS, "histogram"),
  },
  {
    id: "metrics.created",
    section: "3",
    says: "Counters and histograms have a `_created` gauge beside them.",
    check: (node) => declared(node, ["vllm:prompt_tokens_created", "vllm:time_to_first_token_seconds_created"]),
    expects: all(["vllm:prompt_tokens_created", "vllm:time_to_first_token_seconds_created"], "gauge"),
  },
  {
    id: "metrics.removed",
    section: "3.1",
    says: "Names of older releases are gone.",
    check: (node) => declared(node, REMOVED),
    expects: Object.fromEntries(REMOVED.map((name) => [name, null])),
  },
  {
    id: "metrics.no-residency",
    section: "3.3",
    says: "vLLM itself exports no residency, eviction or swap source.",
    check: (node) => declared(node, PROPOSED),
    expects: Object.fromEntries(PROPOSED.map((name) => [name, null])),
  },
  {
    id: "metrics.base-labels",
    section: "3",
    says: "Metrics carry the base's name and the engine's number; an adapter's name stands in no other vLLM series than lora_requests_info.",
    async check(node) {
      const name = await mustLoad(node, "label", "good-a");
      const before = totalOf(await node.samples(), "vllm:prompt_tokens_total", {
        model_name: node.baseModel,
        engine: "0",
      });
      await complete(node, name, { max_tokens: 3, ignore_eos: true });
      const samples = await node.samples();
      const after = totalOf(samples, "vllm:prompt_tokens_total", { model_name: node.baseModel, engine: "0" });
      const naming = samples.filter(
        ({ name: series, labels }) =>
          series.startsWith("vllm:") && Object.values(labels).some((value) => value.includes(name)),
      );
      return {
        countsUnderBase: (after ?? 0) > (before ?? 0),
        named: [...new Set(naming.map((sample) => sample.name))].sort(),
      };
    },
    expects: { countsUnderBase: true, named: ["vllm:lora_requests_info"] },
  },
  bucketPoint("B1", "vllm:time_to_first_token_seconds", B1),
  bucketPoint("B2", "vllm:inter_token_latency_seconds", B2),
  bucketPoint("B2", "vllm:request_time_per_output_token_seconds", B2),
  bucketPoint("B3", "vllm:e2e_request_latency_seconds", B3),
  bucketPoint("B3", "vllm:request_queue_time_seconds", B3),
  bucketPoint("B3", "vllm:request_prefill_time_seconds", B3),
  {
    id: "metrics.waiting-reasons",
    section: "3",
    says: "Waiting requests are told apart by reason: capacity and deferred.",
    async check(node) {
      const samples = await node.samples();
      const reasons = samples
        .filter(({ name }) => name === "vllm:num_requests_waiting_by_reason")
        .map(({ labels }) => labels.reason ?? "");
      return { reasons: reasons.sort() };
    },
    expects: { reasons: ["capacity", "deferred"] },
  },
  {
    id: "metrics.finished-reasons",
    section: "3",
    says: "request_success_total tells the reasons apart.",
    async check(node) {
      const samples = await node.samples();
      const reasons = samples
        .filter(({ name }) => name === "vllm:request_success_total")
        .map(({ labels }) => labels.finished_reason ?? "");
      return { reasons: reasons.sort() };
    },
    expects: { reasons: ["abort", "error", "length", "repetition", "stop"] },
  },
  {
    id: "metrics.process-start",
    section: "2",
    says: "process_start_time_seconds is the start of the API process: what tells a restart.",
    async check(node) {
      const value = totalOf(await node.samples(), "process_start_time_seconds");
      return { isUnixTime: (value ?? 0) > 1_600_000_000 };
    },
    expects: { isUnixTime: true },
  },
  {
    id: "metrics.http-requests",
    section: "2",
    says: "http_requests_total counts chat requests by handler; the load endpoint is left out, since its path contains /load.",
    async check(node) {
      await chat(node, await mustLoad(node, "counted", "good-a"));
      const samples = await node.samples();
      const count = (handler: string) => totalOf(samples, "http_requests_total", { handler });
      return {
        chat: (count("/v1/chat/completions") ?? 0) > 0,
        models: count("/v1/models") !== null,
        load: count("/v1/load_lora_adapter"),
        metrics: count("/metrics"),
      };
    },
    expects: { chat: true, models: true, load: null, metrics: null },
  },
  {
    id: "lora-info.labels",
    section: "3.2",
    says: "lora_requests_info has three labels, none of them model_name or engine, and a unix time as value.",
    async check(node) {
      await complete(node, await mustLoad(node, "info", "good-a"));
      const sample = newest(await node.samples());
      return { labels: Object.keys(sample?.labels ?? {}).sort(), isTime: (sample?.value ?? 0) > 1_600_000_000 };
    },
    expects: { labels: ["max_lora", "running_lora_adapters", "waiting_lora_adapters"], isTime: true },
  },
  {
    id: "lora-info.max-lora",
    section: "3.2",
    says: "Its label max_lora is --max-loras: the one limit that vLLM tells.",
    needs: { limits: true },
    async check(node) {
      await complete(node, await mustLoad(node, "max", "good-a"));
      return { isLimit: newest(await node.samples())?.labels.max_lora === String(node.start.maxLoras) };
    },
    expects: { isLimit: true },
  },
  {
    id: "lora-info.identical-lists",
    section: "3.2",
    says: "Running and waiting adapters are the same list: every adapter with any request is in both.",
    async check(node) {
      const name = await mustLoad(node, "lists", "good-a");
      await complete(node, name, { max_tokens: 3, ignore_eos: true });
      const series = loraInfo(await node.samples());
      return {
        seen: series.some((sample) => running(sample) === name),
        identical: series.every(({ labels }) => labels.running_lora_adapters === labels.waiting_lora_adapters),
      };
    },
    expects: { seen: true, identical: true },
  },
  {
    id: "lora-info.vanishes",
    section: "3.2",
    says: "An adapter leaves the newest series with its last request, though it stays loaded.",
    async check(node) {
      const name = await mustLoad(node, "vanish", "good-a");
      await complete(node, name, { max_tokens: 3, ignore_eos: true });
      const samples = await node.samples();
      return { newestNames: running(newest(samples)), loaded: true };
    },
    expects: { newestNames: "", loaded: true },
  },
  {
    id: "lora-info.grows",
    section: "3.2",
    says: "Every combination of names ever seen keeps its series.",
    async check(node) {
      const first = await mustLoad(node, "first", "good-a");
      const second = await mustLoad(node, "second", "good-b");
      for (const name of [first, second]) await complete(node, name, { max_tokens: 2, ignore_eos: true });
      const series = loraInfo(await node.samples()).map(running);
      return { both: [first, second].every((name) => series.includes(name)) };
    },
    expects: { both: true },
  },
];
