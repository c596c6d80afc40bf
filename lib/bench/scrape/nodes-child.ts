import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { metricsAt } from "./documents.ts";

/** Nodes that answer /metrics, one port each, in a process of their own; whose clock turns every ten seconds. */
export type NodesQuestion = { kind: "start"; nodes: number; turns: number } | { kind: "arrivals" };
export type NodesAnswer = { ports: number[] } | { arrivals: number[][] };

const TURN_MS = 10_000;
/** Ours alone: Prometheus names itself. */
const arrivals: number[][] = [];

async function start(nodes: number, turns: number): Promise<number[]> {
  const bodies = Array.from({ length: turns }, (_, turn) => Buffer.from(metricsAt(turn)));
  const startedAt = performance.now();
  const ports: number[] = [];
  for (let node = 0; node < nodes; node += 1) {
    const own: number[] = [];
    arrivals.push(own);
    const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
      const now = performance.now();
      if (!/prometheus/i.test(request.headers["user-agent"] ?? "")) own.push(now);
      const body = bodies[Math.min(turns - 1, Math.floor((now - startedAt) / TURN_MS))];
      response.writeHead(200, { "content-type": "text/plain; version=0.0.4", "content-length": body?.length ?? 0 });
      response.end(body);
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    ports.push((server.address() as AddressInfo).port);
  }
  return ports;
}

process.on("message", (question: NodesQuestion) => {
  if (question.kind === "arrivals") process.send?.({ arrivals });
  else void start(question.nodes, question.turns).then((ports) => process.send?.({ ports }));
});
process.once("disconnect", () => process.exit(0));
