import type { Exposition } from "./exposition.ts";

export type ProcessFacts = {
  /** Unix time of the start in seconds: `process_start_time_seconds`. */
  startedAtSeconds: number;
  /** How far the machine's clock is off by now. */
  skewSeconds: () => number;
  residentBytes: () => number;
  cpuSeconds: () => number;
};

/** What Python's client tells of every process. */
export function processMetrics(exposition: Exposition, facts: ProcessFacts): void {
  exposition.live("process_resident_memory_bytes", "Resident memory size in bytes.", "gauge", facts.residentBytes);
  exposition.live(
    "process_start_time_seconds",
    "Start time of the process since unix epoch in seconds.",
    "gauge",
    () => facts.startedAtSeconds + facts.skewSeconds(),
  );
  exposition.live(
    "process_cpu_seconds_total",
    "Total user and system CPU time spent in seconds.",
    "counter",
    facts.cpuSeconds,
  );
}

/** What vLLM's HTTP instrumentation counts. */
export function httpMetrics(
  exposition: Exposition,
): (request: { handler: string; method: string; status: number; seconds: number }) => void {
  const requests = exposition.counter(
    "http_requests",
    "Total number of requests by method, status and handler.",
    {},
    [],
  );
  const duration = exposition.histogram(
    "http_request_duration_seconds",
    "Latency with only few buckets by handler. Made to be only used if aggregation by handler is important. ",
    {},
    [0.1, 0.5, 1],
    [],
  );
  return ({ handler, method, status, seconds }) => {
    requests.inc(1, { handler, method, status: `${Math.floor(status / 100)}xx` });
    duration.observe(seconds, { handler, method });
  };
}
