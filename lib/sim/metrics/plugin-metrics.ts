import type { EngineObserver } from "../engine/observer.ts";
import { BATCH_ADAPTERS_BUCKETS, SWAP_BUCKETS } from "./buckets.ts";
import { Exposition, type Labels } from "./exposition.ts";

export type PluginMetricsOptions = {
  engineVersion: string;
  device: "gpu" | "cpu";
  maxLoras: number;
  maxCpuLoras: number;
  maxLoraRank: number;
  /** Names per tier, when asked. */
  residency: () => { gpu: readonly string[]; cpu: readonly string[] };
  /** Why it counts nothing, in its own words; null = it counts. */
  disabled: "vllm_too_old" | "no_worker_report" | null;
};

export type PluginMetrics = Pick<EngineObserver, "touched" | "stepped">;

/** The series of Switchyard's own plugin (`vllm-plugin/`): what vLLM itself does not tell. A collector of its own. */
export function pluginMetrics(vllm: Exposition, options: PluginMetricsOptions): PluginMetrics {
  const exposition = new Exposition(null);
  vllm.include(exposition);
  const isActive = options.disabled === null;
  const only = <T>(series: readonly T[]): readonly T[] => (isActive ? series : []);
  exposition
    .gauge(
      "switchyard_lora_plugin_info",
      "Switchyard's plugin: its version, and whether it counts; if not, why.",
      {},
      [],
    )
    .set(1, {
      version: "simulated",
      vllm_version: options.engineVersion,
      device: options.device === "cpu" ? "cpu" : "cuda",
      status: isActive ? "active" : "disabled",
      reason: options.disabled ?? "",
    });
  const evictions = exposition.counter(
    "switchyard_lora_evictions",
    "Adapters a tier dropped because another needed the room.",
    {},
    only<Labels>([{ tier: "gpu" }, { tier: "cpu" }]),
  );
  const swaps = exposition.counter(
    "switchyard_lora_swaps",
    "Adapters put into a slot, by the tier their weights came from; gpu = entered a batch from its own slot.",
    {},
    only<Labels>([{ source: "gpu" }, { source: "cpu" }, { source: "disk" }]),
  );
  const seconds = exposition.histogram(
    "switchyard_lora_swap_seconds",
    "How long the engine stood still for one adapter.",
    {},
    SWAP_BUCKETS,
    only<Labels>([{ source: "cpu" }, { source: "disk" }]),
  );
  constants(exposition, options);
  const batch = exposition.histogram(
    "switchyard_lora_batch_adapters",
    "Distinct adapters of an engine step.",
    {},
    BATCH_ADAPTERS_BUCKETS,
    only<Labels>([{}]),
  );
  if (!isActive) return { touched: () => {}, stepped: () => {} };
  return {
    touched(touch, isEntering, tookSeconds) {
      if (touch.source !== "gpu" || isEntering) swaps.inc(1, { source: touch.source });
      if (touch.source !== "gpu") seconds.observe(tookSeconds, { source: touch.source });
      evictions.inc(touch.evictedFromGpu.length, { tier: "gpu" });
      evictions.inc(touch.evictedFromCpu.length, { tier: "cpu" });
    },
    stepped({ distinctAdapters }) {
      // Before the first adapter an empty batch could as well be one of the warm-up's.
      if (distinctAdapters > 0 || options.residency().cpu.length > 0) batch.observe(distinctAdapters);
    },
  };
}

/** Tiers and limits; their names only when nothing is counted. */
function constants(exposition: Exposition, options: PluginMetricsOptions): void {
  const isActive = options.disabled === null;
  exposition.liveSeries("switchyard_lora_residency", "1 for the highest tier that holds the adapter.", () => {
    const { gpu, cpu } = options.residency();
    const names = isActive ? [...new Set(cpu)].sort() : [];
    return names.map((lora_name) => [{ lora_name, tier: gpu.includes(lora_name) ? "gpu" : "cpu" }, 1]);
  });
  const slots = exposition.gauge("switchyard_lora_slots", "Adapters a tier has room for.", {}, []);
  const rank = exposition.gauge("switchyard_lora_max_rank", "The rank every slot is padded to.", {}, []);
  if (!isActive) return;
  slots.set(options.maxLoras, { tier: "gpu" });
  slots.set(options.maxCpuLoras, { tier: "cpu" });
  rank.set(options.maxLoraRank, {});
}
