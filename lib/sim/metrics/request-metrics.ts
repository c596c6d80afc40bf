import type { FinishedStats } from "../engine/observer.ts";
import type { MetricsProfile } from "../engine-profile.ts";
import { latencyBuckets, PARAMS_N_BUCKETS } from "./buckets.ts";
import type { Exposition, Histogram, Labels } from "./exposition.ts";

/** V0 knew the first three. */
const FINISH_REASONS = ["stop", "length", "abort", "error", "repetition"] as const;

/** Families vLLM fills when a request ends. @param tokenBuckets 1-2-5 series up to max_model_len */
export function requestMetrics(
  exposition: Exposition,
  labels: Labels,
  tokenBuckets: readonly number[],
  profile: MetricsProfile,
): (stats: FinishedStats) => void {
  const success = exposition.counter(
    "vllm:request_success",
    "Count of successfully processed requests.",
    labels,
    FINISH_REASONS.slice(0, profile.isV1 ? undefined : 3).map((finished_reason) => ({ finished_reason })),
  );
  const tokens = (name: string, help: string) => exposition.histogram(name, help, labels, tokenBuckets);
  const promptTokens = tokens("vllm:request_prompt_tokens", "Number of prefill tokens processed.");
  const generationTokens = tokens("vllm:request_generation_tokens", "Number of generation tokens processed.");
  const maxTokens = profile.hasPhases
    ? tokens("vllm:request_params_max_tokens", "Histogram of the max_tokens request parameter.")
    : null;
  const n = exposition.histogram(
    "vllm:request_params_n",
    "Histogram of the n request parameter.",
    labels,
    PARAMS_N_BUCKETS,
  );
  const buckets = latencyBuckets(profile.buckets);
  const perToken = profile.hasRequestTimePerToken
    ? exposition.histogram(
        "vllm:request_time_per_output_token_seconds",
        "Histogram of time_per_output_token_seconds per request.",
        labels,
        buckets.interToken,
      )
    : null;
  const phase = (name: string, help: string) => exposition.histogram(name, help, labels, buckets.request);
  const e2e = phase("vllm:e2e_request_latency_seconds", "Histogram of e2e request latency in seconds.");
  const phases = profile.hasPhases ? phaseHistograms(phase) : null;
  return (stats) => {
    success.inc(1, { finished_reason: stats.reason });
    promptTokens.observe(stats.promptTokens);
    generationTokens.observe(stats.generatedTokens);
    maxTokens?.observe(stats.maxTokens);
    n.observe(1);
    e2e.observe((stats.nowMs - stats.times.arrivalMs) / 1000);
    phases?.(stats);
    perToken?.observe(stats.generatedTokens > 1 ? decodeSeconds(stats) / (stats.generatedTokens - 1) : 0);
  };
}

function decodeSeconds({ times, nowMs }: FinishedStats): number {
  return ((times.lastTokenMs ?? nowMs) - (times.firstTokenMs ?? nowMs)) / 1000;
}

/** Queue, prefill, decode and inference times. */
function phaseHistograms(phase: (name: string, help: string) => Histogram): (stats: FinishedStats) => void {
  const queue = phase("vllm:request_queue_time_seconds", "Histogram of time spent in WAITING phase for request.");
  const inference = phase(
    "vllm:request_inference_time_seconds",
    "Histogram of time spent in RUNNING phase for request.",
  );
  const prefill = phase("vllm:request_prefill_time_seconds", "Histogram of time spent in PREFILL phase for request.");
  const decode = phase("vllm:request_decode_time_seconds", "Histogram of time spent in DECODE phase for request.");
  return (stats) => {
    const { times, nowMs } = stats;
    const scheduledMs = times.scheduledMs ?? nowMs;
    const firstMs = times.firstTokenMs ?? nowMs;
    const lastMs = times.lastTokenMs ?? nowMs;
    queue.observe((scheduledMs - times.arrivalMs) / 1000);
    inference.observe((lastMs - scheduledMs) / 1000);
    prefill.observe((firstMs - scheduledMs) / 1000);
    decode.observe(decodeSeconds(stats));
  };
}
