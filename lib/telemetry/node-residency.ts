import type { Exposition } from "./exposition/exposition.ts";

/** What the Switchyard plugin inside a node's vLLM says of itself; `disabled` when it does not fit that release. */
export type PluginInfo = { version: string; vllmVersion: string; status: "active" | "disabled"; reason: string };

export type ResidentTier = "gpu" | "cpu";

/** A node holds at most `max_cpu_loras` adapters; one that names more than this is not telling what it holds. */
const MAX_NAMES = 5_000;
/** Ours are far shorter. Control characters would not be stored. */
const PLAUSIBLE_NAME = /^[^\p{Cc}]{1,300}$/u;

const RESIDENCY = "switchyard_lora_residency";
const INFO = "switchyard_lora_plugin_info";
export const RESIDENCY_METRICS = [RESIDENCY, INFO] as const;

/** null = the node runs without the plugin. */
export function readPluginInfo({ samples, declared }: Exposition): PluginInfo | null {
  const info = samples.find((sample) => sample.name === INFO && sample.value === 1);
  if (!info && !declared.has(RESIDENCY) && !samples.some(({ name }) => name === RESIDENCY)) return null;
  return {
    version: info?.labels.version ?? "",
    vllmVersion: info?.labels.vllm_version ?? "",
    status: info?.labels.status === "disabled" ? "disabled" : "active",
    reason: info?.labels.reason ?? "",
  };
}

/**
 * Which adapters lie in a slot and which only in host memory; a name in neither is absent.
 * @returns null when the node does not tell: no plugin, or one that is switched off
 * @throws Error on more names than any node can hold
 */
export function readResidency(exposition: Exposition): ReadonlyMap<string, ResidentTier> | null {
  if (readPluginInfo(exposition)?.status !== "active") return null;
  const tiers = new Map<string, ResidentTier>();
  for (const { name, labels, value } of exposition.samples) {
    const { lora_name: loraName, tier } = labels;
    if (name !== RESIDENCY || value !== 1 || loraName === undefined || !PLAUSIBLE_NAME.test(loraName)) continue;
    if (tier === "gpu") tiers.set(loraName, "gpu");
    else if (tier === "cpu" && !tiers.has(loraName)) tiers.set(loraName, "cpu");
    if (tiers.size > MAX_NAMES) throw new Error(`${RESIDENCY} names more than ${MAX_NAMES} adapters`);
  }
  return tiers;
}
