import { describe, expect, it } from "vitest";
import { recordedMetrics } from "#lib/vllm/testdata/recorded.ts";
import { totalOf } from "./histogram.ts";
import { readNodeSamples } from "./node-samples.ts";
import { parseExposition } from "./parse-exposition.ts";

const read = (...lines: string[]) => readNodeSamples(parseExposition(lines.map((line) => `${line}\n`).join("")));

describe("readNodeSamples", () => {
  it("sums the engines of a node", () => {
    const samples = read(
      'vllm:num_requests_running{engine="0"} 2',
      'vllm:num_requests_running{engine="1"} 3',
      'vllm:request_success_total{engine="0",finished_reason="stop"} 10',
      'vllm:request_success_total{engine="0",finished_reason="length"} 4',
      'vllm:e2e_request_latency_seconds_bucket{engine="0",le="0.5"} 1',
      'vllm:e2e_request_latency_seconds_bucket{engine="0",le="+Inf"} 2',
      'vllm:e2e_request_latency_seconds_bucket{engine="1",le="0.5"} 4',
      'vllm:e2e_request_latency_seconds_bucket{engine="1",le="+Inf"} 7',
      "process_start_time_seconds 1.7e9",
    );
    expect(samples).toEqual({
      startedAt: 1.7e9,
      counters: { requests: 14 },
      gauges: { running: 5 },
      histograms: { e2eSeconds: { le: [0.5], counts: [5, 4] } },
    });
  });

  it("leaves out what a node does not export: unknown, not zero", () => {
    expect(read("something_else 1")).toEqual({ startedAt: null, counters: {}, gauges: {}, histograms: {} });
  });

  it("takes a tier that an exporting node has not counted yet for zero", () => {
    expect(read("# TYPE switchyard_lora_evictions_total counter").counters).toEqual({
      "evictions.gpu": 0,
      "evictions.cpu": 0,
    });
    expect(read('switchyard_lora_swaps_total{source="cpu"} 3').counters).toEqual({
      "swaps.gpu": 0,
      "swaps.cpu": 3,
      "swaps.disk": 0,
    });
  });

  it("counts vllm:lora_eviction_count as evictions of the GPU tier, and says nothing of the CPU tier", () => {
    expect(read("vllm:lora_eviction_count 41").counters).toEqual({ "evictions.gpu": 41 });
  });

  it("prefers the plugin's own counter where both exist", () => {
    const samples = read('switchyard_lora_evictions_total{tier="gpu"} 7', "vllm:lora_eviction_count 41");
    expect(samples.counters["evictions.gpu"]).toBe(7);
  });

  it.each([
    ["a counter that is not a number", ["vllm:request_success_total NaN"]],
    ["a negative counter", ["vllm:prompt_tokens_total -1"]],
    [
      "buckets that fall",
      ['vllm:time_to_first_token_seconds_bucket{le="1"} 5', 'vllm:time_to_first_token_seconds_bucket{le="+Inf"} 4'],
    ],
    ["a histogram without its last bucket", ['vllm:time_to_first_token_seconds_bucket{le="1"} 5']],
    ["a bucket without a bound", ["vllm:time_to_first_token_seconds_bucket 5"]],
  ])("refuses %s", (_name, lines) => {
    expect(() => read(...lines)).toThrow();
  });

  it("treats a gauge that is not a number as unknown", () => {
    expect(read("vllm:num_requests_running NaN").gauges).toEqual({});
  });
});

describe("readNodeSamples on what a real vLLM 0.32.0 said", () => {
  it.each(["idle", "busy", "after-traffic"])("reads its metrics when %s", (moment) => {
    const samples = readNodeSamples(parseExposition(recordedMetrics(moment)));
    expect(samples.startedAt).toBeGreaterThan(1_700_000_000);
    expect(Object.keys(samples.gauges).sort()).toEqual(["deferred", "running", "waiting"]);
    expect(samples.histograms.e2eSeconds?.le.slice(0, 3)).toEqual([0.3, 0.5, 0.8]);
    expect(samples.counters.requests).toBe(totalOf(samples.histograms.e2eSeconds ?? { le: [], counts: [] }));
    // it exports neither evictions nor swap sources
    expect(Object.keys(samples.counters).filter((name) => /evictions|swaps/.test(name))).toEqual([]);
  });
});
