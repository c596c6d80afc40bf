import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePorts } from "#lib/platform/supervisor/ports.ts";
import { rowOf } from "./node-load.ts";

/** As often as our scraper runs; our rollups are sums of its scrapes. */
const INTERVAL = 10;
const STEP = 300;
const METRIC = "vllm:e2e_request_latency_seconds_bucket";

export type VictoriaMetrics = {
  /** Milliseconds of one query over a range, answered to the last byte. */
  ask(query: string, range: { from: Date; to: Date }, isCached: boolean): Promise<number>;
  stop(): Promise<void>;
};

const BUCKETS = (by: string) => `sum by (${by}) (rate({__name__="${METRIC}"}[5m]))`;
export const FLEET_P95 = `histogram_quantile(0.95, ${BUCKETS("le")})`;
export const NODE_P95 = `histogram_quantile(0.95, ${BUCKETS("le, instance")})`;

/** A VictoriaMetrics with a day of the latency histograms of the same nodes, as ten-second counters. */
export async function startVictoriaMetrics(program: string, nodes: number, now: Date): Promise<VictoriaMetrics> {
  const dataDir = await mkdtemp(join(tmpdir(), "switchyard-bench-vm-"));
  const [port] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(
    program,
    [`-storageDataPath=${dataDir}`, `-httpListenAddr=127.0.0.1:${port}`, "-retentionPeriod=31d", "-loggerLevel=ERROR"],
    { stdio: "ignore" },
  );
  const stop = async () => {
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    await ended;
    await rm(dataDir, { recursive: true, force: true });
  };
  try {
    await untilReady(url);
    for (let node = 0; node < nodes; node += 1) await importNode(url, node, now);
    await fetch(`${url}/internal/force_flush`);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    async ask(query, { from, to }, isCached) {
      const asked = new URLSearchParams({
        ...{ query, step: String(STEP), start: from.toISOString(), end: to.toISOString() },
        nocache: isCached ? "0" : "1",
      });
      const began = performance.now();
      const reply = await fetch(`${url}/api/v1/query_range?${asked}`);
      const text = await reply.text();
      const ms = performance.now() - began;
      if (!reply.ok || !text.includes('"values"'))
        throw new Error(`VictoriaMetrics answered ${reply.status}: ${text.slice(0, 200)}`);
      return ms;
    },
    stop,
  };
}

async function untilReady(url: string): Promise<void> {
  for (let turn = 0; turn < 100; turn += 1) {
    const isReady = await fetch(`${url}/health`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isReady) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error("VictoriaMetrics does not start");
}

/** One line a bucket, as its import takes them: each step's count spread evenly over its scrapes. */
async function importNode(url: string, node: number, now: Date): Promise<void> {
  const end = Math.floor(now.getTime() / 1000 / STEP) * STEP;
  const starts = Array.from({ length: 288 }, (_, index) => end - (288 - index) * STEP);
  const scrapes = STEP / INTERVAL;
  const timestamps = starts.flatMap((start) =>
    Array.from({ length: scrapes }, (_, nth) => (start + nth * INTERVAL) * 1000),
  );
  const steps = starts.map((start) => rowOf("", node, start, STEP).data.histograms.e2eSeconds);
  const le = [...(steps[0]?.le ?? []), Number.POSITIVE_INFINITY];
  const lines = le.map((bound, bucket) => {
    let total = 0;
    const values = steps.flatMap((histogram) => {
      const added = (histogram?.counts ?? []).slice(0, bucket + 1).reduce((sum, count) => sum + count, 0);
      const before = total;
      total += added;
      return Array.from({ length: scrapes }, (_, nth) => Math.round(before + (added * nth) / scrapes));
    });
    const labels = { __name__: METRIC, instance: `node-${node}`, le: Number.isFinite(bound) ? String(bound) : "+Inf" };
    return JSON.stringify({ metric: labels, values, timestamps });
  });
  const reply = await fetch(`${url}/api/v1/import`, { method: "POST", body: lines.join("\n") });
  if (!reply.ok) throw new Error(`VictoriaMetrics took nothing: ${reply.status}`);
}
