import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { monotonicMicros } from "./stream-messages.ts";

/** Nodes that stream: as many events as `max_tokens` says, one every `seed` milliseconds, each with its time. */
const LAST = `data: ${JSON.stringify({ choices: [], usage: { prompt_tokens: 31, total_tokens: 51, completion_tokens: 20 } })}\n\n`;

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method === "GET") {
    response.end();
    return;
  }
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const { model, max_tokens, seed } = JSON.parse(Buffer.concat(chunks).toString());
  response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-store" });
  stream(response, String(model), Number(max_tokens), Number(seed));
}

function stream(response: ServerResponse, model: string, events: number, everyMs: number): void {
  const startedAt = performance.now();
  let sent = 0;
  const next = () => {
    if (response.destroyed) return;
    if (sent === events) {
      response.write(LAST);
      response.end("data: [DONE]\n\n");
      return;
    }
    const choices = [{ index: 0, delta: { content: " order" }, logprobs: null, finish_reason: null }];
    const event = { id: "chatcmpl-4f1d7c2b", object: "chat.completion.chunk", created: 1_764_000_000, model, choices };
    response.write(`data: ${JSON.stringify({ ...event, n: sent, at: monotonicMicros() })}\n\n`);
    sent += 1;
    setTimeout(next, Math.max(0, startedAt + sent * everyMs - performance.now()));
  };
  next();
}

process.on("message", (ports: number[]) => {
  const servers = ports.map((port) => {
    const server = createServer({ keepAliveTimeout: 600_000 }, (request, response) => {
      answer(request, response).catch(() => response.destroy());
    });
    return new Promise<void>((resolve) => server.listen({ port, host: "127.0.0.1", backlog: 4096 }, resolve));
  });
  void Promise.all(servers).then(() => process.send?.({ kind: "listening" }));
});
process.once("disconnect", () => process.exit(0));
