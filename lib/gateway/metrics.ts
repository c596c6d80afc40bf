import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { TrafficKind, Via } from "#lib/telemetry/schema.ts";

/** What the gauges read when somebody scrapes. */
export type Watched = {
  snapshotAgeMs(): number | null;
  pendingTraces(): number;
  nodes(): { name: string; isUp: boolean; inFlight: number }[];
};

/** The gateway's own figures. Labels are bounded: kinds, ways, codes and node names; tenants are in the trace. */
export type GatewayMetrics = {
  registry: Registry;
  answered(request: {
    kind: TrafficKind;
    via: Via;
    status: number;
    seconds: number;
    firstByteSeconds: number | null;
  }): void;
  rejected(code: string): void;
  retried(reason: "connection" | "unknown_model" | "unauthorized"): void;
  clientGone(): void;
  reloadFailed(): void;
  tracesDropped(count: number): void;
};

const SECONDS = [0.05, 0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 20, 40, 80, 160];

export function createGatewayMetrics(watched: Watched): GatewayMetrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const counter = <L extends string>(name: string, help: string, labelNames: L[]) =>
    new Counter({ name: `switchyard_gateway_${name}`, help, labelNames, registers });
  const requests = counter("requests_total", "Requests that a node answered.", ["kind", "via", "status"]);
  const rejections = counter("rejections_total", "Requests refused by the gateway itself, by code.", ["code"]);
  const fallbacks = counter("fallbacks_total", "Requests answered by something else than the live version.", ["via"]);
  const retries = counter("retries_total", "Requests sent to another node before the first byte.", ["reason"]);
  const gone = counter("clients_gone_total", "Clients that left before their answer was complete.", []);
  const failures = counter("snapshot_reload_failures_total", "Reloads of the routing snapshot that failed.", []);
  const dropped = counter("traces_dropped_total", "Traces lost because the database stayed away too long.", []);
  const histogram = (name: string, help: string) =>
    new Histogram({
      name: `switchyard_gateway_${name}`,
      help,
      labelNames: ["kind", "via"],
      buckets: SECONDS,
      registers,
    });
  const duration = histogram("request_duration_seconds", "From arrival to the last byte.");
  const firstByte = histogram("first_byte_seconds", "From arrival to the first byte of the reply.");
  addGauges(registers, watched);
  return {
    registry,
    answered({ kind, via, status, seconds, firstByteSeconds }) {
      requests.inc({ kind, via, status: `${Math.floor(status / 100)}xx` });
      if (via !== "primary") fallbacks.inc({ via });
      duration.observe({ kind, via }, seconds);
      if (firstByteSeconds !== null) firstByte.observe({ kind, via }, firstByteSeconds);
    },
    rejected: (code) => rejections.inc({ code }),
    retried: (reason) => retries.inc({ reason }),
    clientGone: () => gone.inc(),
    reloadFailed: () => failures.inc(),
    tracesDropped: (count) => dropped.inc(count),
  };
}

function addGauges(registers: Registry[], watched: Watched): void {
  new Gauge({
    name: "switchyard_gateway_snapshot_age_seconds",
    help: "Age of the routing snapshot in force; absent before the first one.",
    registers,
    collect() {
      this.reset();
      const age = watched.snapshotAgeMs();
      if (age === null) this.remove();
      else this.set(age / 1000);
    },
  });
  new Gauge({
    name: "switchyard_gateway_traces_pending",
    help: "Traces waiting to be stored.",
    registers,
    collect() {
      this.set(watched.pendingTraces());
    },
  });
  new Gauge({
    name: "switchyard_gateway_node_up",
    help: "1 = the last health check or connection succeeded.",
    labelNames: ["node"],
    registers,
    collect() {
      this.reset();
      for (const { name, isUp } of watched.nodes()) this.set({ node: name }, isUp ? 1 : 0);
    },
  });
  new Gauge({
    name: "switchyard_gateway_in_flight",
    help: "Requests a node is answering.",
    labelNames: ["node"],
    registers,
    collect() {
      this.reset();
      for (const { name, inFlight } of watched.nodes()) this.set({ node: name }, inFlight);
    },
  });
}
