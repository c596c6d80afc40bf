import { describe, expect, it } from "vitest";
import { engineCount, engineLimits, showsLora } from "./engine-limits.ts";
import { recordedMetrics } from "./testdata/recorded.ts";

const nothing = { maxLoras: null, maxCpuLoras: null, maxLoraRank: null, gpuMemoryUtilization: null };

describe("engineLimits", () => {
  it("reads what vLLM 0.32.0 shows: max_loras once an adapter was used, and nothing of the host cache", () => {
    expect(engineLimits(recordedMetrics("idle"))).toEqual({ ...nothing, gpuMemoryUtilization: 0.92 });
    expect(engineLimits(recordedMetrics("busy"))).toEqual({ ...nothing, maxLoras: 2, gpuMemoryUtilization: 0.92 });
  });

  it("reads the rest from the plugin", () => {
    const text = [
      'switchyard_lora_slots{tier="gpu"} 12.0',
      'switchyard_lora_slots{tier="cpu"} 48.0',
      "switchyard_lora_max_rank 16.0",
      "",
    ].join("\n");
    expect(engineLimits(text)).toEqual({ ...nothing, maxLoras: 12, maxCpuLoras: 48, maxLoraRank: 16 });
  });

  it("takes the newest of vLLM's growing series, names with braces and quotes and all", () => {
    const text = [
      'vllm:lora_requests_info{max_lora="4",running_lora_adapters="",waiting_lora_adapters=""} 1.5e+09',
      'vllm:lora_requests_info{max_lora="8",running_lora_adapters="a} b\\"c",waiting_lora_adapters=""} 1.7e+09',
      "",
    ].join("\n");
    expect(engineLimits(text).maxLoras).toBe(8);
  });

  it("never guesses: no metrics, other text and nonsense are unknown", () => {
    for (const text of ["", "<html>", 'switchyard_lora_slots{tier="gpu"} NaN\n', "switchyard_lora_max_rank 0\n"])
      expect(engineLimits(text)).toEqual(nothing);
  });
});

describe("showsLora", () => {
  it("tells an engine with LoRA from one without, and says when neither can be told", () => {
    expect(showsLora(recordedMetrics("idle"))).toBe(true);
    expect(showsLora(recordedMetrics("idle").replaceAll(/^.*lora_requests_info.*\n/gm, ""))).toBe(false);
    expect(showsLora("process_start_time_seconds 1\n")).toBeNull();
  });
});

describe("engineCount", () => {
  it("counts the engines behind one API server", () => {
    expect(engineCount(recordedMetrics("idle"))).toBe(1);
    expect(engineCount('vllm:num_requests_running{engine="0"} 1\nvllm:num_requests_running{engine="1"} 0\n')).toBe(2);
    expect(engineCount("")).toBe(0);
  });
});
