import type { Log } from "#lib/platform/log.ts";
import { DEFAULT_ENGINE_VERSION } from "./engine-profile.ts";
import type { Restart } from "./faults/fault.ts";

/** How one simulated node is started: vLLM's flags by vLLM's names where it has them. */
export type SimNodeOptions = {
  /** 0 = any free one. */
  port: number;
  host: string;
  /** Only for its logs; vLLM knows no node names. */
  name: string;
  engineVersion: string;
  /** Served model name. */
  baseModel: string;
  /** Directory with config.json and tokenizer.json. */
  modelDir: string;
  maxLoras: number;
  maxCpuLoras: number;
  maxLoraRank: number;
  maxModelLen: number;
  maxNumSeqs: number;
  gpuMemoryUtilization: number;
  /** `VLLM_ALLOW_RUNTIME_LORA_UPDATING`. */
  allowsRuntimeLora: boolean;
  /** `--enable-lora`; without it every load fails in the engine. */
  enablesLora: boolean;
  /** `--lora-target-modules`; null = every module. */
  loraTargetModules: readonly string[] | null;
  /** null = open. */
  apiKey: string | null;
  /** How many times faster than an A100. */
  speed: number;
  /** Stands for the base's weights; nodes of one pool share it. */
  seed: number;
  /** PYTHONHASHSEED, which fixes the order of adapters inside a step; it seeds chance as well. */
  hashSeed: number;
  scenarioFile: string | null;
  /** Largest change of a logit between two runs of the same request. */
  logitNoise: number;
  /** Answers `/_sim/…`: faults and restarts by API. */
  control: boolean;
  /** What the engine computes on; a CPU mixes an adapter's weights into base-model rows of the same batch (vLLM #48421). */
  device: "gpu" | "cpu";
  /** Switchyard's plugin is installed: its series stand beside vLLM's. */
  plugin: boolean;
  /** `SWITCHYARD_ADAPTER_DIR`: the plugin verifies every adapter below it before a load. null = not set. */
  adapterDir: string | null;
  /** `VLLM_SERVER_DEV_MODE`. */
  devMode: boolean;
  /** `--enable-tokenizer-info-endpoint`. */
  tokenizerInfo: boolean;
  /** `--enable-server-load-tracking`. */
  tracksLoad: boolean;
  log: Log;
};

/** Everything but where the model lies and who listens. */
export const SIM_NODE_DEFAULTS = {
  host: "127.0.0.1",
  engineVersion: DEFAULT_ENGINE_VERSION,
  maxLoras: 12,
  maxCpuLoras: 48,
  maxLoraRank: 16,
  maxModelLen: 8192,
  maxNumSeqs: 256,
  gpuMemoryUtilization: 0.9,
  allowsRuntimeLora: true,
  enablesLora: true,
  loraTargetModules: null,
  apiKey: null,
  speed: 1,
  seed: 0,
  hashSeed: 0,
  scenarioFile: null,
  logitNoise: 1e-4,
  control: false,
  device: "gpu",
  plugin: true,
  adapterDir: null,
  devMode: false,
  tokenizerInfo: false,
  tracksLoad: false,
} as const;

type Defaulted = keyof typeof SIM_NODE_DEFAULTS;
export type SimNodeInput = Omit<SimNodeOptions, Defaulted> & Partial<Pick<SimNodeOptions, Defaulted>>;

/** What `--max-lora-rank` may be. */
const LORA_RANKS: readonly number[] = [1, 8, 16, 32, 64, 128, 256, 320, 512];

/** What a restart may change. */
export type NodeLimits = Pick<SimNodeOptions, "maxLoras" | "maxCpuLoras" | "maxLoraRank" | "maxModelLen">;

/** The options after a restart. @throws RangeError when vLLM would refuse to start with them */
export function restartedOptions(
  options: SimNodeOptions,
  change: Restart,
): { options: SimNodeOptions; limits: NodeLimits } {
  const limits: NodeLimits = {
    maxLoras: change.maxLoras ?? options.maxLoras,
    maxCpuLoras: change.maxCpuLoras ?? options.maxCpuLoras,
    maxLoraRank: change.maxLoraRank ?? options.maxLoraRank,
    maxModelLen: change.maxModelLen ?? options.maxModelLen,
  };
  if (!LORA_RANKS.includes(limits.maxLoraRank))
    throw new RangeError(`max_lora_rank (${limits.maxLoraRank}) must be one of ${LORA_RANKS.join(", ")}`);
  if (limits.maxCpuLoras < limits.maxLoras)
    throw new RangeError(`max_cpu_loras (${limits.maxCpuLoras}) must be >= max_loras (${limits.maxLoras})`);
  const adapterDir = change.adapterDir === undefined ? options.adapterDir : change.adapterDir;
  return { options: { ...options, ...limits, adapterDir }, limits };
}
