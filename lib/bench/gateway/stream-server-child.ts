import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { answerMessages } from "#lib/testbed/program.ts";

/** Nodes that stream: as many events as `max_tokens` says, one every `seed` milliseconds, each with its time. */
const LAST = `data: ${JSON.stringify({ choices: [], usage: { prompt_tokens: 31, total_tokens: 51, completion_tokens: 20 } })}\n\n`;

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method === "GET") return void response.end();
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const { model, max_tokens: events, seed: everyMs } = JSON.parse(Buffer.concat(chunks).toString());
  response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-store" });
  const startedAt = performance.now();
  for (let n = 0; n < events && !response.destroyed; n += 1) {
    const choices = [{ index: 0, delta: { content: " order" }, logprobs: null, finish_reason: null }];
    const event = { id: "chatcmpl-4f1d7c2b", object: "chat.completion.chunk", created: 1_764_000_000, model, choices };
    const at = Number(process.hrtime.bigint() / 1_000n);
    response.write(`data: ${JSON.stringify({ ...event, n, at })}\n\n`);
    const next = Math.max(0, startedAt + (n + 1) * everyMs - performance.now());
    await new Promise((resolve) => setTimeout(resolve, next));
  }
  response.write(LAST);
  response.end("data: [DONE]\n\n");
}

answerMessages(async (ports: number[]) => {
  const servers = ports.map((port) => {
    const server = createServer({ keepAliveTimeout: 600_000 }, (request, response) => {
      answer(request, response).catch(() => response.destroy());
    });
    return new Promise<void>((resolve) => server.listen({ port, host: "127.0.0.1", backlog: 4096 }, resolve));
  });
  await Promise.all(servers);
  return "listening";
});
