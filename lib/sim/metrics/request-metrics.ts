import type { FinishedStats } from "../engine/observer.ts";
import { INTER_TOKEN_BUCKETS, PARAMS_N_BUCKETS, REQUEST_LATENCY_BUCKETS } from "./buckets.ts";
import type { Exposition, Histogram, Labels } from "./exposition.ts";

const FINISH_REASONS = ["stop", "length", "abort", "error", "repetition"] as const;

/** Families vLLM fills when a request ends. @param tokenBuckets 1-2-5 series up to max_model_len */
export function requestMetrics(
  exposition: Exposition,
  labels: Labels,
  tokenBuckets: readonly number[],
): (stats: FinishedStats) => void {
  const success = exposition.counter(
    "vllm:request_success",
    "Count of successfully processed requests.",
    labels,
    FINISH_REASONS.map((finished_reason) => ({ finished_reason })),
  );
  const tokens = (name: string, help: string) => exposition.histogram(name, help, labels, tokenBuckets);
  const promptTokens = tokens("vllm:request_prompt_tokens", "Number of prefill tokens processed.");
  const generationTokens = tokens("vllm:request_generation_tokens", "Number of generation tokens processed.");
  const maxTokens = tokens("vllm:request_params_max_tokens", "Histogram of the max_tokens request parameter.");
  const n = exposition.histogram(
    "vllm:request_params_n",
    "Histogram of the n request parameter.",
    labels,
    PARAMS_N_BUCKETS,
  );
  const perToken = exposition.histogram(
    "vllm:request_time_per_output_token_seconds",
    "Histogram of time_per_output_token_seconds per request.",
    labels,
    INTER_TOKEN_BUCKETS,
  );
  const phases = phaseHistograms(exposition, labels);
  return (stats) => {
    success.inc(1, { finished_reason: stats.reason });
    promptTokens.observe(stats.promptTokens);
    generationTokens.observe(stats.generatedTokens);
    maxTokens.observe(stats.maxTokens);
    n.observe(1);
    const decodeSeconds = phases(stats);
    perToken.observe(stats.generatedTokens > 1 ? decodeSeconds / (stats.generatedTokens - 1) : 0);
  };
}

/** Queue, prefill, decode, inference and end-to-end times; returns the decode time in seconds. */
function phaseHistograms(exposition: Exposition, labels: Labels): (stats: FinishedStats) => number {
  const phase = (name: string, help: string): Histogram =>
    exposition.histogram(name, help, labels, REQUEST_LATENCY_BUCKETS);
  const e2e = phase("vllm:e2e_request_latency_seconds", "Histogram of e2e request latency in seconds.");
  const queue = phase("vllm:request_queue_time_seconds", "Histogram of time spent in WAITING phase for request.");
  const inference = phase(
    "vllm:request_inference_time_seconds",
    "Histogram of time spent in RUNNING phase for request.",
  );
  const prefill = phase("vllm:request_prefill_time_seconds", "Histogram of time spent in PREFILL phase for request.");
  const decode = phase("vllm:request_decode_time_seconds", "Histogram of time spent in DECODE phase for request.");
  return ({ times, nowMs }) => {
    const scheduledMs = times.scheduledMs ?? nowMs;
    const firstMs = times.firstTokenMs ?? nowMs;
    const lastMs = times.lastTokenMs ?? nowMs;
    e2e.observe((nowMs - times.arrivalMs) / 1000);
    queue.observe((scheduledMs - times.arrivalMs) / 1000);
    inference.observe((lastMs - scheduledMs) / 1000);
    prefill.observe((firstMs - scheduledMs) / 1000);
    decode.observe((lastMs - firstMs) / 1000);
    return (lastMs - firstMs) / 1000;
  };
}
