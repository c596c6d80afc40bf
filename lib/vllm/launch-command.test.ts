import { describe, expect, it } from "vitest";
import { type LaunchPool, launchCommand } from "./launch-command.ts";

const pool: LaunchPool = {
  baseModel: "meta-llama/Llama-3.1-8B-Instruct",
  baseRevision: null,
  architecture: "LlamaForCausalLM",
  dtype: "bfloat16",
  maxModelLen: 8192,
  maxLoras: 12,
  maxLoraRank: 16,
  maxCpuLoras: 48,
  gpuMemoryUtilization: 0.9,
};

describe("launchCommand", () => {
  it("prints the whole command of the pool, ready to paste", () => {
    expect(launchCommand(pool, { port: 8000, hasKey: true }).text).toBe(
      [
        "VLLM_ALLOW_RUNTIME_LORA_UPDATING=1",
        "VLLM_NO_USAGE_STATS=1",
        "HF_HUB_OFFLINE=1",
        "PYTHONHASHSEED=0",
        'VLLM_API_KEY="$VLLM_API_KEY"',
        "vllm serve meta-llama/Llama-3.1-8B-Instruct",
        "--host 0.0.0.0",
        "--port 8000",
        "--dtype bfloat16",
        "--max-model-len 8192",
        "--gpu-memory-utilization 0.9",
        "--enable-lora",
        "--max-loras 12",
        "--max-cpu-loras 48",
        "--max-lora-rank 16",
        "--api-server-count 1",
        "--enable-auto-tool-choice",
        "--tool-call-parser llama3_json",
      ].join(" \\\n  "),
    );
  });

  it("quotes what a shell would take apart", () => {
    const command = launchCommand({ ...pool, baseModel: "/models/my llama's" }, { port: 8000, hasKey: false });
    expect(command.text).toContain(`vllm serve '/models/my llama'\\''s'`);
    expect(command.args[1]).toBe("/models/my llama's");
  });

  it("says what it cannot decide", () => {
    const command = launchCommand({ ...pool, architecture: "GemmaForCausalLM" }, { port: 8000, hasKey: false });
    expect(command.text).not.toContain("--tool-call-parser");
    expect(command.notes.some((note) => note.includes("GemmaForCausalLM"))).toBe(true);
  });

  it("of a pool whose nodes fetch names the plugin's settings, and keeps its key a reference", () => {
    const fetching = { ...pool, delivery: "fetch", adapterDirectory: "/data/our adapters" } as const;
    const command = launchCommand(fetching, { port: 8000, hasKey: false });
    expect(command.text).toContain("SWITCHYARD_ADAPTER_DIR='/data/our adapters'");
    expect(command.text).toContain('SWITCHYARD_NODE_KEY_FILE="$SWITCHYARD_NODE_KEY_FILE"');
    expect(command.notes.join(" ")).toMatch(/pip install/);
    expect(command.notes.join(" ")).not.toMatch(/Mount/);
    expect(launchCommand(pool, { port: 8000, hasKey: false }).text).not.toContain("SWITCHYARD");
  });
});
