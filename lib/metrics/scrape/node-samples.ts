import type { Exposition, Sample } from "../exposition/exposition.ts";
import type { Histogram } from "../histogram.ts";
import { RESIDENCY_METRICS, readTierReporter, type TierReporter } from "../residency/node-residency.ts";

/**
 * What we keep of one scrape of a node, summed over its engines, under names of our own. A name that is absent is not
 * exported by that node: unknown, never zero. Counters and histograms are cumulative since the process started.
 */
export type NodeSamples = {
  /** Unix time in seconds; null where the node does not say. */
  startedAt: number | null;
  counters: Partial<Record<CounterName, number>>;
  gauges: Partial<Record<GaugeName, number>>;
  histograms: Partial<Record<HistogramName, Histogram>>;
  /** Absent where nobody tells. */
  reporter?: TierReporter;
};

export type CounterName =
  | "requests"
  | "promptTokens"
  | "generationTokens"
  | "preemptions"
  | "evictions.gpu"
  | "evictions.cpu"
  | "swaps.gpu"
  | "swaps.cpu"
  | "swaps.disk"
  | "prefixCacheQueries"
  | "prefixCacheHits"
  | "tierLookups.gpu"
  | "tierLookups.cpu"
  | "tierHits.gpu"
  | "tierHits.cpu";
export type GaugeName =
  | "running"
  | "waiting"
  | "deferred"
  | "slots.gpu"
  | "slots.cpu"
  /** Share of the blocks in use, 0 to 1; the mean of the engines. */
  | "kvCacheUsage"
  /** Distinct adapters with a request, running or waiting, by `vllm:lora_requests_info`. */
  | "adaptersInUse"
  /** Adapters that lie in a tier, by the series that vLLM may get. Those in a slot lie in host memory as well. */
  | "resident.gpu"
  | "resident.cpu";
export type HistogramName =
  | "e2eSeconds"
  | "ttftSeconds"
  | "interTokenSeconds"
  | "queueSeconds"
  | "batchAdapters"
  | "swapSeconds.cpu"
  | "swapSeconds.disk";

/** A metric of a node; with `label`, only its series where that label has that value. The first exported one counts. */
type Wanted = { metric: string; label?: readonly [name: string, value: string] };

const plain = (...metrics: string[]): Wanted[] => metrics.map((metric) => ({ metric }));
const split = (metric: string, name: string, value: string): Wanted => ({ metric, label: [name, value] });

/**
 * vLLM exports neither evictions nor swap sources; our plugin's names come first, then the one name that some builds
 * use. vLLM counts the evictions of that one on the GPU tier. Of the others the newest name comes first; releases before
 * 0.12 (caches) and 0.15 (time between tokens) use the second. `lora_cache_*` and `*_loaded_*` are proposals, in no release.
 */
const COUNTERS: Record<CounterName, Wanted[]> = {
  requests: plain("vllm:request_success_total"),
  promptTokens: plain("vllm:prompt_tokens_total"),
  generationTokens: plain("vllm:generation_tokens_total"),
  preemptions: plain("vllm:num_preemptions_total"),
  "evictions.gpu": [
    split("switchyard_lora_evictions_total", "tier", "gpu"),
    ...plain("vllm:lora_eviction_count_total", "vllm:lora_eviction_count"),
  ],
  "evictions.cpu": [split("switchyard_lora_evictions_total", "tier", "cpu")],
  "swaps.gpu": [split("switchyard_lora_swaps_total", "source", "gpu")],
  "swaps.cpu": [split("switchyard_lora_swaps_total", "source", "cpu")],
  "swaps.disk": [split("switchyard_lora_swaps_total", "source", "disk")],
  prefixCacheQueries: plain("vllm:prefix_cache_queries_total", "vllm:gpu_prefix_cache_queries_total"),
  prefixCacheHits: plain("vllm:prefix_cache_hits_total", "vllm:gpu_prefix_cache_hits_total"),
  "tierLookups.gpu": [split("vllm:lora_cache_lookups_total", "tier", "gpu")],
  "tierLookups.cpu": [split("vllm:lora_cache_lookups_total", "tier", "cpu")],
  "tierHits.gpu": [split("vllm:lora_cache_hits_total", "tier", "gpu")],
  "tierHits.cpu": [split("vllm:lora_cache_hits_total", "tier", "cpu")],
};
const GAUGES: Record<GaugeName, Wanted[]> = {
  running: plain("vllm:num_requests_running"),
  waiting: plain("vllm:num_requests_waiting"),
  deferred: [split("vllm:num_requests_waiting_by_reason", "reason", "deferred")],
  "slots.gpu": [split("switchyard_lora_slots", "tier", "gpu"), ...plain("vllm:max_gpu_lora_adapters")],
  "slots.cpu": [split("switchyard_lora_slots", "tier", "cpu")],
  kvCacheUsage: plain("vllm:kv_cache_usage_perc", "vllm:gpu_cache_usage_perc"),
  adaptersInUse: [],
  "resident.gpu": [
    split("vllm:lora_cache_num_adapters", "tier", "gpu"),
    ...plain("vllm:num_gpu_loaded_lora_adapters"),
    split("vllm:lora_adapter_loaded", "level", "gpu"),
  ],
  "resident.cpu": [
    split("vllm:lora_cache_num_adapters", "tier", "cpu"),
    ...plain("vllm:num_cpu_loaded_lora_adapters"),
    split("vllm:lora_adapter_loaded", "level", "cpu"),
  ],
};
/** Shares: engines of one process are averaged, where everything else is summed. */
const AVERAGED: ReadonlySet<GaugeName> = new Set(["kvCacheUsage"]);
const HISTOGRAMS: Record<HistogramName, Wanted[]> = {
  e2eSeconds: plain("vllm:e2e_request_latency_seconds"),
  ttftSeconds: plain("vllm:time_to_first_token_seconds"),
  interTokenSeconds: plain("vllm:inter_token_latency_seconds", "vllm:time_per_output_token_seconds"),
  queueSeconds: plain("vllm:request_queue_time_seconds"),
  batchAdapters: plain("switchyard_lora_batch_adapters"),
  "swapSeconds.cpu": [split("switchyard_lora_swap_seconds", "source", "cpu")],
  "swapSeconds.disk": [split("switchyard_lora_swap_seconds", "source", "disk")],
};

const REQUESTS_INFO = "vllm:lora_requests_info";
/**
 * vLLM keeps one series for each combination of adapter names that ever ran together and never drops one, so this family
 * grows with the traffic without end. Its value is the moment when the combination was true: only the last is read.
 */
export const LATEST_ONLY_FAMILIES: ReadonlySet<string> = new Set([REQUESTS_INFO]);

/** All that is read of a node's metrics, here and of its residency; most of what it sends is none of these. */
export const READ_METRICS: ReadonlySet<string> = new Set([
  ...RESIDENCY_METRICS,
  "process_start_time_seconds",
  REQUESTS_INFO,
  ...[COUNTERS, GAUGES].flatMap((table) =>
    Object.values(table).flatMap((wanted) => wanted.map(({ metric }) => metric)),
  ),
  ...Object.values(HISTOGRAMS).flatMap((wanted) => wanted.map(({ metric }) => `${metric}_bucket`)),
]);

/**
 * Picks our names out of a node's metrics.
 * @throws Error on a counter or bucket that cannot be one: below zero, not finite, or buckets out of order
 */
export function readNodeSamples(exposition: Exposition): NodeSamples {
  const byName = new Map<string, Sample[]>();
  for (const sample of exposition.samples) {
    if (!READ_METRICS.has(sample.name)) continue;
    const list = byName.get(sample.name);
    if (list) list.push(sample);
    else byName.set(sample.name, [sample]);
  }
  const reporter = readTierReporter(exposition);
  const pick = (wanted: readonly Wanted[], isAveraged = false) =>
    firstExported(wanted, byName, exposition.declared, isAveraged);
  return {
    startedAt: byName.get("process_start_time_seconds")?.[0]?.value ?? null,
    counters: known(COUNTERS, (wanted) => countable(pick(wanted), wanted)),
    gauges: known(GAUGES, (wanted, name) => {
      if (name === "adaptersInUse") return adaptersInUse(byName.get(REQUESTS_INFO) ?? []);
      return finiteOrNull(pick(wanted, AVERAGED.has(name)));
    }),
    histograms: known(HISTOGRAMS, (wanted) => firstHistogram(wanted, byName)),
    ...(reporter === null ? {} : { reporter }),
  };
}

/** A record of those entries for which there is an answer. */
function known<Name extends string, In, Out>(
  table: Record<Name, In>,
  read: (entry: In, name: Name) => Out | null,
): Partial<Record<Name, Out>> {
  const found: Partial<Record<Name, Out>> = {};
  for (const name of Object.keys(table) as Name[]) {
    const value = read(table[name], name);
    if (value !== null) found[name] = value;
  }
  return found;
}

/** A family that is exported but has no series for a label value has simply not counted it yet. */
function firstExported(
  wanted: readonly Wanted[],
  byName: ReadonlyMap<string, Sample[]>,
  declared: ReadonlySet<string>,
  isAveraged: boolean,
): number | null {
  for (const { metric, label } of wanted) {
    const samples = byName.get(metric);
    if (samples === undefined && !(label && declared.has(metric))) continue;
    const matching = (samples ?? []).filter((sample) => label === undefined || sample.labels[label[0]] === label[1]);
    const sum = matching.reduce((total, sample) => total + sample.value, 0);
    return isAveraged ? sum / matching.length : sum;
  }
  return null;
}

const finiteOrNull = (value: number | null): number | null => (value !== null && Number.isFinite(value) ? value : null);

function countable(value: number | null, wanted: readonly Wanted[]): number | null {
  if (value === null) return null;
  if (Number.isFinite(value) && value >= 0) return value;
  throw new Error(`${wanted.map((one) => one.metric).join(" or ")} is ${value}, which no counter can be`);
}

/** V1 writes both lists alike, V0 apart: together they are right for both. Names hold no commas. */
function adaptersInUse(infos: readonly Sample[]): number | null {
  const current = infos.reduce<Sample | null>((best, one) => (best && best.value >= one.value ? best : one), null);
  if (current === null) return null;
  const { running_lora_adapters: running = "", waiting_lora_adapters: waiting = "" } = current.labels;
  return new Set(`${running},${waiting}`.split(",").filter((name) => name.trim() !== "")).size;
}

function firstHistogram(wanted: readonly Wanted[], byName: ReadonlyMap<string, Sample[]>): Histogram | null {
  for (const one of wanted) {
    const histogram = readHistogram(one, byName.get(`${one.metric}_bucket`) ?? []);
    if (histogram !== null) return histogram;
  }
  return null;
}

/** Sums the engines' buckets; every engine of a process has the same bounds. */
function readHistogram({ metric, label }: Wanted, buckets: readonly Sample[]): Histogram | null {
  const cumulative = new Map<number, number>();
  for (const { labels, value } of buckets) {
    if (label && labels[label[0]] !== label[1]) continue;
    const le = labels.le === "+Inf" ? Number.POSITIVE_INFINITY : Number(labels.le);
    if (labels.le === undefined || Number.isNaN(le)) throw new Error(`${metric} has a bucket without a bound`);
    if (!Number.isFinite(value) || value < 0) throw new Error(`${metric} has a bucket of ${value}`);
    cumulative.set(le, (cumulative.get(le) ?? 0) + value);
  }
  if (cumulative.size === 0) return null;
  const bounds = [...cumulative.keys()].sort((a, b) => a - b);
  if (bounds.pop() !== Number.POSITIVE_INFINITY) throw new Error(`${metric} has no +Inf bucket`);
  let below = 0;
  const counts = [...bounds, Number.POSITIVE_INFINITY].map((bound) => {
    const upTo = cumulative.get(bound) ?? 0;
    if (upTo < below) throw new Error(`${metric} has buckets that fall from ${below} to ${upTo}`);
    const own = upTo - below;
    below = upTo;
    return own;
  });
  return { le: bounds, counts };
}
