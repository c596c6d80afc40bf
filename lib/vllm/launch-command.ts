/** What of a pool decides how its engines start. */
export type LaunchPool = {
  baseModel: string;
  baseRevision: string | null;
  architecture: string;
  dtype: string;
  maxModelLen: number;
  maxLoras: number;
  maxLoraRank: number;
  maxCpuLoras: number;
  gpuMemoryUtilization: number;
  /** `fetch`: the plugin on the node pulls adapters by digest into the adapter directory. */
  delivery?: "shared" | "fetch";
  adapterDirectory?: string;
};
/** What of a node does. */
export type LaunchNode = { host?: string; port: number; hasKey: boolean; tensorParallelSize?: number };

export type LaunchCommand = {
  env: Readonly<Record<string, string>>;
  args: readonly string[];
  /** One line per flag, ready to paste into a shell. */
  text: string;
  notes: readonly string[];
};

/**
 * PYTHONHASHSEED of our engines. vLLM walks a Python set of an engine step's adapters, so with it known the order in which
 * they are touched is known, and evictions and swaps can be derived closely from requests alone.
 */
export const HASH_SEED = 0;

/** The parser for tool calls is fixed at start and shared by the base and all adapters. */
const TOOL_PARSERS: Readonly<Record<string, string>> = {
  LlamaForCausalLM: "llama3_json",
  MistralForCausalLM: "mistral",
  Qwen2ForCausalLM: "hermes",
  Qwen3ForCausalLM: "hermes",
};

/** The exact command that starts a node of this pool. The key stays a reference: it is never printed. */
export function launchCommand(pool: LaunchPool, node: LaunchNode): LaunchCommand {
  const isLocal = pool.baseModel.startsWith("/");
  const parser = TOOL_PARSERS[pool.architecture];
  const env: Record<string, string> = {
    VLLM_ALLOW_RUNTIME_LORA_UPDATING: "1",
    VLLM_NO_USAGE_STATS: "1",
    HF_HUB_OFFLINE: "1",
    PYTHONHASHSEED: String(HASH_SEED),
    ...(node.hasKey ? { VLLM_API_KEY: "$VLLM_API_KEY" } : {}),
    ...(pool.delivery === "fetch"
      ? {
          SWITCHYARD_ADAPTER_DIR: pool.adapterDirectory ?? "",
          SWITCHYARD_URL: "$SWITCHYARD_URL",
          SWITCHYARD_NODE_KEY_FILE: "$SWITCHYARD_NODE_KEY_FILE",
        }
      : {}),
  };
  const flags: [string, ...string[]][] = [
    ["--host", node.host ?? "0.0.0.0"],
    ["--port", String(node.port)],
    ...(pool.baseRevision ? ([["--revision", pool.baseRevision]] as [string, string][]) : []),
    ["--dtype", pool.dtype],
    ["--max-model-len", String(pool.maxModelLen)],
    ["--gpu-memory-utilization", String(pool.gpuMemoryUtilization)],
    ["--enable-lora"],
    ["--max-loras", String(pool.maxLoras)],
    ["--max-cpu-loras", String(pool.maxCpuLoras)],
    ["--max-lora-rank", String(pool.maxLoraRank)],
    // several API servers cannot share what is loaded at run time; vLLM refuses to start with more than one
    ["--api-server-count", "1"],
    ...(node.tensorParallelSize && node.tensorParallelSize > 1
      ? ([["--tensor-parallel-size", String(node.tensorParallelSize)]] as [string, string][])
      : []),
    ...(parser ? ([["--enable-auto-tool-choice"], ["--tool-call-parser", parser]] as [string, ...string[]][]) : []),
  ];
  const assignments = Object.entries(env).map(
    ([name, value]) => `${name}=${value.startsWith("$") ? `"${value}"` : quote(value)}`,
  );
  const lines = [`vllm serve ${quote(pool.baseModel)}`, ...flags.map((flag) => flag.map(quote).join(" "))];
  return {
    env,
    args: ["serve", pool.baseModel, ...flags.flat()],
    text: [...assignments, ...lines].join(" \\\n  "),
    notes: [
      `PYTHONHASHSEED=${HASH_SEED} fixes the order in which vLLM uses the adapters of a step. Without the plugin, evictions and swaps can then be derived closely.`,
      ...(isLocal
        ? []
        : ["HF_HUB_OFFLINE=1 keeps vLLM from fetching adapters by name; download the base model beforehand."]),
      ...(parser
        ? []
        : [`Add --enable-auto-tool-choice and --tool-call-parser for ${pool.architecture} if tenants call tools.`]),
      ...(pool.delivery === "fetch"
        ? [
            "Install the plugin beside vLLM (pip install ./vllm-plugin): it fetches adapters into SWITCHYARD_ADAPTER_DIR, which vLLM's user must be able to write, and verifies them there before each load.",
            "SWITCHYARD_URL is this console's address as the node sees it; SWITCHYARD_NODE_KEY_FILE names a file with the node's own key. Make the key when the node is added (POST /api/v1/nodes/{nodeId}/key); the plugin reads the file at each load.",
          ]
        : ["Mount the adapter store read-only on the node at the pool's adapter directory."]),
    ],
  };
}

/** Leaves plain words as they are; anything else goes into single quotes. */
const quote = (word: string): string =>
  /^[A-Za-z0-9_./:=@+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
