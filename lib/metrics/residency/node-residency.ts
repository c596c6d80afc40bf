import type { Exposition } from "../exposition/exposition.ts";

/**
 * What reports where a node's adapters lie: the Switchyard plugin inside its vLLM, unless it is `disabled` because it does not
 * fit that release, or vLLM itself (`engine`), which is proposed (vllm.md §3.3) and in no release yet.
 */
export type TierReporter = {
  version: string;
  vllmVersion: string;
  status: "active" | "disabled" | "engine";
  reason: string;
};

export type ResidentTier = "gpu" | "cpu";

/** A node holds at most `max_cpu_loras` adapters; one that names more than this is not telling what it holds. */
const MAX_NAMES = 5_000;
/** Ours are far shorter. Control characters would not be stored. */
const PLAUSIBLE_NAME = /^[^\p{Cc}]{1,300}$/u;

const RESIDENCY = "switchyard_lora_residency";
const INFO = "switchyard_lora_plugin_info";
/** One series for each adapter and tier it lies in; gone once the tier dropped it. Declared alone it reports nothing. */
const ENGINE = "vllm:lora_adapter_loaded";
export const RESIDENCY_METRICS = [RESIDENCY, INFO, ENGINE] as const;

/** The plugin is heard first: it counts what vLLM's list leaves out. @returns null when nothing reports them */
export function readTierReporter(exposition: Exposition): TierReporter | null {
  const plugin = readPlugin(exposition);
  if (plugin?.status === "active" || !exposition.samples.some(({ name }) => name === ENGINE)) return plugin;
  return { version: "", vllmVersion: "", status: "engine", reason: "" };
}

function readPlugin({ samples, declared }: Exposition): TierReporter | null {
  const info = samples.find((sample) => sample.name === INFO && sample.value === 1);
  if (!info && !declared.has(RESIDENCY) && !samples.some(({ name }) => name === RESIDENCY)) return null;
  return {
    version: info?.labels.version ?? "",
    vllmVersion: info?.labels.vllm_version ?? "",
    status: info?.labels.status === "disabled" ? "disabled" : "active",
    reason: info?.labels.reason ?? "",
  };
}

type Family = { metric: string; nameLabel: string; tierLabel: string };

function familyOf(reporter: TierReporter | null): Family | null {
  switch (reporter?.status) {
    case "active":
      return { metric: RESIDENCY, nameLabel: "lora_name", tierLabel: "tier" };
    case "engine":
      return { metric: ENGINE, nameLabel: "adapter_name", tierLabel: "level" };
    case "disabled":
    case undefined:
      return null;
  }
}

/**
 * Which adapters lie in a slot and which only in host memory; a name in neither is absent.
 * @returns null when nothing reports them: no plugin, or one that is switched off, and a vLLM that does not say it either
 * @throws Error on more names than any node can hold
 */
export function readResidency(exposition: Exposition): ReadonlyMap<string, ResidentTier> | null {
  const family = familyOf(readTierReporter(exposition));
  if (family === null) return null;
  const { metric, nameLabel, tierLabel } = family;
  const tiers = new Map<string, ResidentTier>();
  for (const { name, labels, value } of exposition.samples) {
    const [loraName, tier] = [labels[nameLabel], labels[tierLabel]];
    if (name !== metric || value !== 1 || loraName === undefined || !PLAUSIBLE_NAME.test(loraName)) continue;
    if (tier === "gpu") tiers.set(loraName, "gpu");
    else if (tier === "cpu" && !tiers.has(loraName)) tiers.set(loraName, "cpu");
    if (tiers.size > MAX_NAMES) throw new Error(`${metric} names more than ${MAX_NAMES} adapters`);
  }
  return tiers;
}
