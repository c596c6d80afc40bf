import { describe, expect, it } from "vitest";
import { recordedMetrics } from "#lib/vllm/testdata/recorded.ts";
import { parseExposition } from "../exposition/parse-exposition.ts";
import { totalOf } from "../histogram.ts";
import { readNodeSamples } from "./node-samples.ts";

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

  it("averages the engines' share of a cache in use", () => {
    expect(read('vllm:kv_cache_usage_perc{engine="0"} 0.5', 'vllm:kv_cache_usage_perc{engine="1"} 1').gauges).toEqual({
      kvCacheUsage: 0.75,
    });
  });

  it("reads the names of older releases where the new ones are absent", () => {
    const samples = read(
      "vllm:gpu_cache_usage_perc 0.25",
      "vllm:gpu_prefix_cache_hits_total 3",
      'vllm:time_per_output_token_seconds_bucket{le="0.1"} 1',
      'vllm:time_per_output_token_seconds_bucket{le="+Inf"} 2',
    );
    expect(samples).toMatchObject({
      gauges: { kvCacheUsage: 0.25 },
      counters: { prefixCacheHits: 3 },
      histograms: { interTokenSeconds: { le: [0.1], counts: [1, 1] } },
    });
  });

  it("counts the adapters of the newest combination, in whichever list they stand", () => {
    const info = (running: string, waiting: string, at: number) =>
      `vllm:lora_requests_info{max_lora="4",running_lora_adapters="${running}",waiting_lora_adapters="${waiting}"} ${at}`;
    expect(read(info("a,b,c", "a,b,c", 10), info("a,b", "b,c,d", 11)).gauges).toEqual({ adaptersInUse: 4 });
    expect(read(info("a", "", 10), info("", "", 11)).gauges).toEqual({ adaptersInUse: 0 });
  });

  it("reads the series that vLLM may get of what lies in its tiers", () => {
    expect(
      read(
        'vllm:lora_adapter_loaded{adapter_name="a",level="gpu"} 1',
        'vllm:lora_adapter_loaded{adapter_name="a",level="cpu"} 1',
        'vllm:lora_adapter_loaded{adapter_name="b",level="cpu"} 1',
        'vllm:lora_cache_hits_total{tier="gpu"} 7',
      ),
    ).toMatchObject({
      gauges: { "resident.gpu": 1, "resident.cpu": 2 },
      counters: { "tierHits.gpu": 7, "tierHits.cpu": 0 },
    });
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
    const told = ["adaptersInUse", "deferred", "kvCacheUsage", "running", "waiting"];
    expect(Object.keys(samples.gauges).sort()).toEqual(moment === "idle" ? told.slice(1) : told);
    expect(samples.histograms.interTokenSeconds?.le.slice(0, 3)).toEqual([0.01, 0.025, 0.05]);
    expect(samples.counters.prefixCacheQueries).toBeGreaterThanOrEqual(samples.counters.prefixCacheHits ?? -1);
    expect(samples.histograms.e2eSeconds?.le.slice(0, 3)).toEqual([0.3, 0.5, 0.8]);
    expect(samples.counters.requests).toBe(totalOf(samples.histograms.e2eSeconds ?? { le: [], counts: [] }));
    // it exports neither evictions nor swap sources
    expect(Object.keys(samples.counters).filter((name) => /evictions|swaps/.test(name))).toEqual([]);
  });
});
