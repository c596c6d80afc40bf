import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as the node got it. `gone` resolves when the gateway drops the connection before the answer was complete. */
export type Seen = {
  path: string;
  headers: IncomingMessage["headers"];
  body: string;
  model: string | null;
  gone: Promise<void>;
  response: ServerResponse;
};

/** A node of vLLM's reply shapes that answers as the test says. */
export type FakeNode = {
  url: string;
  seen: Seen[];
  /** Names it answers to. */
  names: Set<string>;
  health: number;
  /** Health checks it answered. */
  checks: number;
  /** How a known model is answered; replace it to stream, hang or fail. */
  answer: (seen: Seen) => void;
  nextRequest(): Promise<Seen>;
  stop(): Promise<void>;
  isRunning(): boolean;
  start(port: number): Promise<void>;
  port: number;
};

export async function startFakeNode(names: readonly string[]): Promise<FakeNode> {
  const waiting: ((seen: Seen) => void)[] = [];
  const server = createServer((request, response) => void onRequest(request, response));
  const node: FakeNode = {
    url: "",
    port: 0,
    seen: [],
    names: new Set(names),
    health: 200,
    checks: 0,
    answer: (seen) => sendJson(seen.response, 200, completion(seen)),
    nextRequest: () => new Promise((resolve) => waiting.push(resolve)),
    async start(port) {
      server.listen(port, "127.0.0.1");
      await once(server, "listening");
      node.port = (server.address() as AddressInfo).port;
      node.url = `http://127.0.0.1:${node.port}`;
    },
    isRunning: () => server.listening,
    async stop() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
  const onRequest = async (request: IncomingMessage, response: ServerResponse) => {
    if (request.url === "/health") {
      node.checks += 1;
      return response.writeHead(node.health).end();
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString("utf8");
    const gone = new Promise<void>((resolve) => {
      response.on("close", () => {
        if (!response.writableFinished) resolve();
      });
    });
    const model = modelOf(body);
    const seen = { path: request.url ?? "", headers: request.headers, body, model, gone, response };
    node.seen.push(seen);
    if (model !== null && node.names.has(model)) node.answer(seen);
    else sendJson(response, 404, unknownModel(model));
    waiting.shift()?.(seen);
  };
  await node.start(0);
  return node;
}

const modelOf = (body: string): string | null => {
  const parsed: unknown = JSON.parse(body);
  return typeof parsed === "object" && parsed !== null && "model" in parsed ? String(parsed.model) : null;
};

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, {
    "content-type": "application/json",
    "x-switchyard-simulated": "1",
    "x-request-id": "node",
  });
  response.end(JSON.stringify(body));
}

const unknownModel = (model: string | null) => ({
  error: { message: `The model \`${model}\` does not exist.`, type: "NotFoundError", param: "model", code: 404 },
});

const completion = ({ model }: Seen) => ({
  id: "chatcmpl-1",
  object: "chat.completion",
  created: 1,
  model,
  choices: [{ index: 0, message: { role: "assistant", content: 'say "prompt_tokens": 99' }, finish_reason: "stop" }],
  usage: { prompt_tokens: 11, total_tokens: 16, completion_tokens: 5 },
});

/** One server-sent event of a streamed chat. */
export const event = (model: string | null, content: string): string =>
  `data: ${JSON.stringify({
    id: "chatcmpl-1",
    object: "chat.completion.chunk",
    created: 1,
    model,
    choices: [{ index: 0, delta: { content }, finish_reason: null }],
  })}\n\n`;

/** Starts a streamed reply whose events the test writes. */
export function openStream({ response }: Seen): void {
  response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
  response.flushHeaders();
}
