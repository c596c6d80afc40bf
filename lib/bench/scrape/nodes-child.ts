import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { projectRoot } from "#lib/platform/project-root.ts";
import { answerMessages } from "#lib/testbed/program.ts";

/** Nodes that answer /metrics, one port each, in a process of their own; whose clock turns every ten seconds. */
export type NodesQuestion = { nodes: number; turns: number };
export type NodesAnswer = { ports: number[] };

const TURN_MS = 10_000;
const RECORDED = join(projectRoot(), "lib/vllm/testdata/vllm-0.32.0/metrics-after-traffic.prom");
/** Engines that a node of 187 kB has; vLLM repeats its series for each. */
const ENGINES = 4;
const GROWS = /_(?:total|bucket|count|sum)(?:\{|$)/;
/** No bucket grows by more than this a turn beyond the first, so that buckets stay in order. */
const HIGHEST_RANK = 6;

/**
 * What a real vLLM 0.32.0 sent after some traffic, with four engines instead of one: 187 kB, 1,672 samples. Everything that
 * counts grows from one turn to the next, the buckets of a histogram by ever more up to the sixth.
 */
function metricsAt(turn: number): string {
  const lines = readFileSync(RECORDED, "utf8").trimEnd().split("\n").flatMap(perEngine);
  let [family, rank] = ["", 0];
  const grown = lines.map((line) => {
    const space = line.lastIndexOf(" ");
    const series = line.slice(0, space);
    if (line.startsWith("#") || !GROWS.test(series)) return line;
    const own = series.replace(/le="[^"]*",?/, "");
    rank = own === family ? Math.min(rank + 1, HIGHEST_RANK) : 1;
    family = own;
    const value = Number(line.slice(space + 1)) + turn * (series.includes("_bucket") ? rank : HIGHEST_RANK);
    return `${series} ${Number.isInteger(value) ? `${value}.0` : value}`;
  });
  return `${grown.join("\n")}\n`;
}

const perEngine = (line: string): string[] =>
  line.startsWith("vllm:") && line.includes('engine="0"')
    ? Array.from({ length: ENGINES }, (_, engine) => line.replace('engine="0"', `engine="${engine}"`))
    : [line];

answerMessages(async ({ nodes, turns }: NodesQuestion): Promise<NodesAnswer> => {
  const bodies = Array.from({ length: turns }, (_, turn) => Buffer.from(metricsAt(turn)));
  const startedAt = performance.now();
  const starting = Array.from({ length: nodes }, async () => {
    const server = createServer({ keepAliveTimeout: 60_000 }, (_, response) => {
      const body = bodies[Math.min(turns - 1, Math.floor((performance.now() - startedAt) / TURN_MS))];
      response.writeHead(200, { "content-type": "text/plain; version=0.0.4", "content-length": body?.length ?? 0 });
      response.end(body);
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    return (server.address() as AddressInfo).port;
  });
  return { ports: await Promise.all(starting) };
});
