/** What a node's own metrics say of its limits; null = they do not say. */
export type VisibleLimits = {
  maxLoras: number | null;
  maxCpuLoras: number | null;
  maxLoraRank: number | null;
  gpuMemoryUtilization: number | null;
};

/**
 * Engine limits as a node exports them: max_loras as a label of vLLM's own `lora_requests_info` (there only once an
 * adapter was used), the rest from Switchyard's plugin and `cache_config_info`. What is not there is null, never a guess.
 */
export function engineLimits(metricsText: string): VisibleLimits {
  return {
    maxLoras:
      labelOf(metricsText, "vllm:lora_requests_info", "max_lora") ??
      gaugeOf(metricsText, "switchyard_lora_slots", { tier: "gpu" }),
    maxCpuLoras: gaugeOf(metricsText, "switchyard_lora_slots", { tier: "cpu" }),
    maxLoraRank: gaugeOf(metricsText, "switchyard_lora_max_rank", {}),
    gpuMemoryUtilization: labelOf(metricsText, "vllm:cache_config_info", "gpu_memory_utilization"),
  };
}

/**
 * Whether the engine was started with --enable-lora: the family is declared then, even before any adapter was used.
 * @returns null when the node exports nothing of vLLM's own (--disable-log-stats), so that nothing can be said
 */
export function showsLora(metricsText: string): boolean | null {
  if (/^# TYPE vllm:lora_requests_info /m.test(metricsText)) return true;
  return /^# TYPE vllm:/m.test(metricsText) ? false : null;
}

/** How many engines stand behind one API server: its series carry their index. 0 = it does not say. */
export function engineCount(metricsText: string): number {
  const indices = seriesOf(metricsText, "vllm:num_requests_running").map(({ labels }) => labels.engine ?? "0");
  return new Set(indices).size;
}

type Sample = { labels: Readonly<Record<string, string>>; value: number };

/** Lines of one family; a line that is not in the format is no sample. */
function seriesOf(text: string, name: string): Sample[] {
  const line = new RegExp(`^${name}(?:\\{([^\\n]*)\\})?[ \\t]+([0-9.eE+-]+)`, "gm");
  return [...text.matchAll(line)].map(([, labels = "", value]) => ({
    labels: Object.fromEntries(
      [...labels.matchAll(/([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g)].map(([, key = "", text = ""]) => [key, text]),
    ),
    value: Number(value),
  }));
}

/** The label of the series with the largest value: for info series that is the newest (vllm.md §3.2). */
function labelOf(text: string, name: string, label: string): number | null {
  const samples = seriesOf(text, name).filter(({ labels, value }) => label in labels && Number.isFinite(value));
  const newest = samples.reduce<Sample | null>((best, next) => (best && best.value >= next.value ? best : next), null);
  const shown = Number(newest?.labels[label]);
  return newest !== null && Number.isFinite(shown) && shown > 0 ? shown : null;
}

/** The smallest, should several engines or processes export it: that one fills up first. */
function gaugeOf(text: string, name: string, labels: Readonly<Record<string, string>>): number | null {
  const values = seriesOf(text, name)
    .filter((sample) => Object.entries(labels).every(([key, value]) => sample.labels[key] === value))
    .map(({ value }) => value)
    .filter((value) => Number.isFinite(value) && value > 0);
  return values.length > 0 ? Math.min(...values) : null;
}
