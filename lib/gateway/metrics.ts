import { Counter, collectDefaultMetrics, Registry } from "prom-client";
import { readGauges } from "#lib/platform/read-gauge.ts";
import { TRAFFIC_KINDS, VIAS } from "#lib/requests/schema.ts";
import type { RequestTrace } from "#lib/requests/trace/trace.ts";
import type { GatewayReport } from "#lib/requests/traffic/gateway-report.ts";
import type { ErrorCode } from "./browser/error-codes.ts";
import { type Axes, FlatCounter, FlatHistogram } from "./flat-metrics.ts";

/** What the gauges read when somebody scrapes. */
export type Watched = {
  snapshotAgeMs(): number | null;
  liveStreams(): number;
  measuredNodes(): number;
  report(): GatewayReport;
  nodeName(nodeId: string): string;
};

/** Why something else than the route's own target answered. */
export const FALLBACK_REASONS = ["no_node", "saturated", "node_failed", "breaker_open", "control"] as const;
export type FallbackReason = (typeof FALLBACK_REASONS)[number];

export const RETRY_REASONS = [
  "unreached",
  "broken",
  "silent",
  "failed",
  "unauthorized",
  "unknown_model",
  "invalid",
] as const;
export type RetryReason = (typeof RETRY_REASONS)[number];

/** The gateway's own figures. Labels are bounded: kinds, ways, codes and node names; tenants are in the trace. */
export type GatewayMetrics = {
  registry: Registry;
  /** Of a request that ended, however. */
  answered(trace: RequestTrace): void;
  rejected(code: ErrorCode): void;
  retried(reason: RetryReason): void;
  retryRefused(): void;
  clientGone(): void;
  /** A copy for a mirrored version was not sent. */
  mirrorSkipped(): void;
  /** A request that its customer let us keep was not stored. */
  recordingLost(): void;
  reloadFailed(): void;
  tracesDropped(count: number): void;
};

const SECONDS = [0.05, 0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 20, 40, 80, 160];
const QUEUE_SECONDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

const CLASSES = ["1xx", "2xx", "3xx", "4xx", "5xx"];
const KIND = { name: "kind", values: TRAFFIC_KINDS };
const VIA = { name: "via", values: VIAS };
const WAYS: Axes = [KIND, VIA];
const STATUSES: Axes = [KIND, VIA, { name: "status", values: CLASSES }];
const FALLBACKS: Axes = [VIA, { name: "reason", values: FALLBACK_REASONS }];
const KINDS: Axes = [KIND];

export function createGatewayMetrics(watched: Watched): GatewayMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const flat = (name: string, help: string, axes: Axes) => ({ name: `${PREFIX}${name}`, help, axes, registry });
  const requests = new FlatCounter(flat("requests_total", "Requests that something answered.", STATUSES));
  const fallbacks = new FlatCounter(
    flat("fallbacks_total", "Requests answered by anything other than the requested version.", FALLBACKS),
  );
  const duration = new FlatHistogram(flat("request_duration_seconds", "From arrival to the last byte.", WAYS), SECONDS);
  const firstByte = new FlatHistogram(
    flat("first_byte_seconds", "From arrival to the first byte of the reply.", WAYS),
    SECONDS,
  );
  const queue = new FlatHistogram(flat("queue_seconds", "Waiting for a place on a node.", KINDS), QUEUE_SECONDS);
  addGauges(registry, watched);
  return {
    registry,
    answered({ kind, via, status, arrivedAt, firstByteAt, endedAt, queuedMs, fallbackReason }) {
      if (via === null) return;
      const kindAt = TRAFFIC_KINDS.indexOf(kind);
      const viaAt = VIAS.indexOf(via);
      const way = kindAt * VIAS.length + viaAt;
      requests.add(way * CLASSES.length + Math.min(CLASSES.length - 1, Math.max(0, Math.floor(status / 100) - 1)));
      duration.observe(way, (endedAt.getTime() - arrivedAt.getTime()) / 1000);
      if (firstByteAt !== null) firstByte.observe(way, (firstByteAt.getTime() - arrivedAt.getTime()) / 1000);
      if (queuedMs !== null) queue.observe(kindAt, queuedMs / 1000);
      const reasonAt = fallbackReason === null ? -1 : REASONS.indexOf(fallbackReason);
      if (reasonAt >= 0) fallbacks.add(viaAt * FALLBACK_REASONS.length + reasonAt);
    },
    ...rareCounters(registry),
  };
}

const REASONS: readonly string[] = FALLBACK_REASONS;
const PREFIX = "switchyard_gateway_";

/** What does not happen to most requests. */
function rareCounters(registry: Registry) {
  const counter = <L extends string>(name: string, help: string, labelNames: L[]) =>
    new Counter({ name: `${PREFIX}${name}`, help, labelNames, registers: [registry] });
  const rejections = counter("rejections_total", "Requests refused by the gateway itself, by code.", ["code"]);
  const retries = counter("retries_total", "Requests sent again before the first byte.", ["reason"]);
  const unretried = counter("retries_refused_total", "Retries that the budget did not allow.", []);
  const gone = counter("clients_gone_total", "Clients that left before their answer was complete.", []);
  const unrecorded = counter(
    "recordings_lost_total",
    "Requests that were to be kept for tests and were not stored.",
    [],
  );
  const skipped = counter("mirrors_skipped_total", "Copies that were not sent, as too many were on their way.", []);
  const failures = counter("snapshot_reload_failures_total", "Reloads of the routing snapshot that failed.", []);
  const dropped = counter("traces_dropped_total", "Traces lost because the database stayed away too long.", []);
  return {
    rejected: (code: ErrorCode) => rejections.inc({ code }),
    retried: (reason: RetryReason) => retries.inc({ reason }),
    retryRefused: () => unretried.inc(),
    clientGone: () => gone.inc(),
    mirrorSkipped: () => skipped.inc(),
    recordingLost: () => unrecorded.inc(),
    reloadFailed: () => failures.inc(),
    tracesDropped: (count: number) => dropped.inc(count),
  };
}

function addGauges(registry: Registry, watched: Watched): void {
  const gauge = readGauges(registry, PREFIX);
  gauge("nodes_measured", "Nodes that report where their adapters are; for other nodes it is estimated.", [], (own) =>
    own.set(watched.measuredNodes()),
  );
  gauge("snapshot_age_seconds", "Age of the routing snapshot in force; absent before the first one.", [], (own) => {
    const age = watched.snapshotAgeMs();
    if (age === null) own.remove();
    else own.set(age / 1000);
  });
  gauge("traces_pending", "Traces waiting to be stored.", [], (own) => own.set(watched.report().tracesPending));
  gauge("live_streams", "Streamed replies on their way.", [], (own) => own.set(watched.liveStreams()));
  const ofNodes = (name: string, help: string, read: (node: GatewayReport["nodes"][number]) => number) =>
    gauge(name, help, ["node"], (own) => {
      for (const node of watched.report().nodes) own.set({ node: watched.nodeName(node.nodeId) }, read(node));
    });
  ofNodes("node_up", "1 = its health checks and connections are fine.", ({ isUp }) => (isUp ? 1 : 0));
  ofNodes("in_flight", "Requests a node is answering.", ({ inFlight }) => inFlight);
  ofNodes("breaker_open", "1 = its breaker lets nothing through, or only one request to try.", ({ breaker }) =>
    breaker === "closed" ? 0 : 1,
  );
  gauge("queued", "Requests waiting for a place in a pool.", ["pool"], (own) => {
    for (const { poolId, queued } of watched.report().pools) own.set({ pool: poolId }, queued);
  });
  new Counter({
    name: `${PREFIX}shed_total`,
    help: "Requests that got no place in a pool, by reason.",
    labelNames: ["pool", "reason"],
    registers: [registry],
    collect() {
      this.reset();
      for (const { poolId: pool, shed } of watched.report().pools)
        for (const [reason, count] of Object.entries(shed)) if (count > 0) this.inc({ pool, reason }, count);
    },
  });
}
