import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "#lib/platform/supervisor/ports.ts";
import { startProgram } from "../gateway/program.ts";
import { metricsAt } from "./documents.ts";

/** Its parts in memory and those on disk, in which samples are merged as it sees fit; the index is counted by itself. */
const STORED = /^vm_data_size_bytes\{type="storage\/[^"]*"\} (\S+)$/gm;
const PARTS = /^vm_parts\{type="storage\/[^"]*"\} (\S+)$/gm;
const MERGE_LOOK_MS = 200;
const MERGE_LOOKS = 150;

/**
 * VictoriaMetrics' bytes a node and look on the same documents at the same moments: its samples, compressed and merged into
 * one part, without its index, which it writes once a series and not once a look.
 */
export async function victoriaBytesPerLook(
  program: string,
  { nodes, ticks, intervalMs }: { nodes: number; ticks: number; intervalMs: number },
): Promise<number> {
  const startMs = Date.now() - ticks * intervalMs;
  const folder = await mkdtemp(join(tmpdir(), "switchyard-bench-vm-"));
  const url = `http://127.0.0.1:${await freePort("127.0.0.1")}`;
  const victoria = await startProgram({
    file: program,
    args: [`-storageDataPath=${folder}`, `-httpListenAddr=${url.slice(7)}`, "-retentionPeriod=31d"],
    core: null,
    isReady: async () => (await fetch(`${url}/health`)).ok,
  });
  try {
    for (let tick = 0; tick < ticks; tick += 1) {
      const text = metricsAt(tick);
      const at = startMs + tick * intervalMs;
      for (let node = 0; node < nodes; node += 1)
        await taken(`${url}/api/v1/import/prometheus?extra_label=instance=n${node}&timestamp=${at}`, text);
    }
    await taken(`${url}/internal/force_flush`, "");
    await taken(`${url}/internal/force_merge`, "");
    return sumOf(await mergedMetrics(url), STORED) / (nodes * ticks);
  } finally {
    await victoria.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** It merges in the background. @throws Error when it is not done after half a minute */
async function mergedMetrics(url: string): Promise<string> {
  for (let look = 0; look < MERGE_LOOKS; look += 1) {
    const metrics = await (await fetch(`${url}/metrics`)).text();
    if (sumOf(metrics, PARTS) === 1) return metrics;
    await sleep(MERGE_LOOK_MS);
  }
  throw new Error("VictoriaMetrics did not merge what it took into one part");
}

const sumOf = (metrics: string, line: RegExp): number =>
  [...metrics.matchAll(line)].reduce((sum, [, value]) => sum + Number(value), 0);

async function taken(url: string, body: string): Promise<void> {
  const reply = await fetch(url, { method: "POST", body });
  if (!reply.ok) throw new Error(`VictoriaMetrics answered ${reply.status}: ${(await reply.text()).slice(0, 200)}`);
}
