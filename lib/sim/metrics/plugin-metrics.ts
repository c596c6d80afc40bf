import type { EngineObserver } from "../engine/observer.ts";
import { BATCH_ADAPTERS_BUCKETS, SWAP_BUCKETS } from "./buckets.ts";
import type { Exposition } from "./exposition.ts";

export type PluginMetricsOptions = {
  engineVersion: string;
  maxLoras: number;
  maxCpuLoras: number;
  maxLoraRank: number;
  /** Names per tier, when asked. */
  residency: () => { gpu: readonly string[]; cpu: readonly string[] };
};

/** The series of Switchyard's own plugin: what vLLM itself does not tell. */
export function pluginMetrics(
  exposition: Exposition,
  options: PluginMetricsOptions,
): Pick<EngineObserver, "touched" | "stepped"> {
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
  const seconds = exposition.histogram(
    "switchyard_lora_swap_seconds",
    "Time to bring an adapter's weights into a slot, by the tier they came from.",
    {},
    SWAP_BUCKETS,
    [{ source: "cpu" }, { source: "disk" }],
  );
  const batch = exposition.histogram(
    "switchyard_lora_batch_adapters",
    "Distinct adapters in a step's batch.",
    {},
    BATCH_ADAPTERS_BUCKETS,
  );
  constants(exposition, options);
  return {
    touched(touch, isEntering, tookSeconds) {
      if (touch.source !== "gpu" || isEntering) swaps.inc(1, { source: touch.source });
      if (touch.source !== "gpu") seconds.observe(tookSeconds, { source: touch.source });
      evictions.inc(touch.evictedFromGpu.length, { tier: "gpu" });
      evictions.inc(touch.evictedFromCpu.length, { tier: "cpu" });
    },
    stepped: (stats) => batch.observe(stats.distinctAdapters),
  };
}

function constants(exposition: Exposition, options: PluginMetricsOptions): void {
  exposition.liveSeries("switchyard_lora_residency", "1 for the highest tier that holds an adapter's weights.", () => {
    const { gpu, cpu } = options.residency();
    const tiers = new Map([...cpu.map((name) => [name, "cpu"]), ...gpu.map((name) => [name, "gpu"])] as [
      string,
      string,
    ][]);
    return [...tiers].map(([lora_name, tier]) => [{ lora_name, tier }, 1]);
  });
  const slots = exposition.gauge("switchyard_lora_slots", "How many adapters a tier can hold.", {}, []);
  slots.set(options.maxLoras, { tier: "gpu" });
  slots.set(options.maxCpuLoras, { tier: "cpu" });
  exposition.gauge("switchyard_lora_max_rank", "Largest rank a slot has room for.", {}).set(options.maxLoraRank);
  exposition
    .gauge("switchyard_lora_plugin_info", "The plugin itself.", {}, [])
    .set(1, { version: "simulated", vllm_version: options.engineVersion, status: "active", reason: "" });
}
