import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { POISON } from "./hostile-cases.ts";
import type { NodeFault, NodeOrder, NodePace, NodeReport } from "./node-messages.ts";

/**
 * A node that answers with the model it was asked for and the tag of the request, and counts whatever a gateway must
 * never let through to a node. A process of its own, so that it can be frozen and killed.
 */
const INFERENCE_PATHS = new Set(["/v1/chat/completions", "/v1/completions"]);
/** Of a client's own headers, what a node must not see. */
const PRIVATE_HEADER = /^(authorization|cookie|proxy-|x-tenant-id|x-switchyard-|x-smuggled)/;

let name = "";
let baseModel = "";
let known = new Set<string>();
let pace: NodePace = { minMs: 0, maxMs: 0, events: 3 };
const faults: NodeFault[] = [];
const report: NodeReport = { requests: 0, violations: {} };

const violated = (what: string): void => {
  report.violations[what] = (report.violations[what] ?? 0) + 1;
};

async function onRequest(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method === "GET" && request.url === "/health") {
    response.end();
    return;
  }
  report.requests += 1;
  if (request.method !== "POST" || !INFERENCE_PATHS.has(request.url ?? ""))
    violated(`${request.method} ${request.url}`);
  for (const header of Object.keys(request.headers)) if (PRIVATE_HEADER.test(header)) violated(`header ${header}`);
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const ask = readAsk(Buffer.concat(chunks));
  if (ask === null) return sendError(response, 400, "the body is no chat of the soak's");
  if (ask.tag === POISON) violated("a request that was refused, or hidden in another");
  const fault = faults.shift();
  if (fault) return misbehave(fault, response);
  const waitMs = pace.minMs + Math.random() * (pace.maxMs - pace.minMs);
  setTimeout(() => answer(ask, response), waitMs);
}

type Ask = { model: string; tag: string; isStream: boolean };

/** null = not JSON, or without what every request of the soak has. */
function readAsk(body: Buffer): Ask | null {
  try {
    const { model, user, stream } = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
    if (typeof model === "string" && typeof user === "string") return { model, tag: user, isStream: stream === true };
    violated("a body without model or user");
  } catch {
    violated("a body that is not JSON");
  }
  return null;
}

function answer({ model, tag, isStream }: Ask, response: ServerResponse): void {
  const message = { role: "assistant", content: tag };
  if (model !== baseModel && !known.has(model)) sendError(response, 404, `The model \`${model}\` does not exist.`);
  else if (isStream) stream({ model, tag }, response);
  else
    send(response, 200, {
      id: "chatcmpl-1",
      object: "chat.completion",
      created: 1,
      model,
      choices: [{ index: 0, message, finish_reason: "stop" }],
      usage: { prompt_tokens: 11, total_tokens: 16, completion_tokens: 5 },
      node: name,
    });
}

function stream({ model, tag }: { model: string; tag: string }, response: ServerResponse): void {
  response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
  let left = pace.events;
  const next = () => {
    if (response.destroyed) return;
    if (left === 0) {
      response.end("data: [DONE]\n\n");
      return;
    }
    left -= 1;
    const choices = [{ index: 0, delta: { content: tag }, finish_reason: null }];
    response.write(`data: ${JSON.stringify({ object: "chat.completion.chunk", created: 1, model, choices })}\n\n`);
    setTimeout(next, pace.maxMs / 10);
  };
  next();
}

function misbehave(fault: NodeFault, response: ServerResponse): void {
  const { socket } = response;
  if (!socket) return;
  switch (fault) {
    case "reset_before":
      socket.resetAndDestroy();
      return;
    case "close_before":
      socket.end();
      return;
    case "reset_after":
      socket.write("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{", () =>
        socket.resetAndDestroy(),
      );
      return;
    case "garbage":
      socket.end("this is no HTTP\r\n\r\n");
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
  response.end(text);
}

const sendError = (response: ServerResponse, status: number, message: string): void =>
  send(response, status, { error: { message, type: "NotFoundError", param: null, code: status } });

/** Without a limit of time a request whose end was smuggled away would wait for ever, unseen. */
const server = createServer({ keepAliveTimeout: 600_000, requestTimeout: 30_000 }, (request, response) => {
  onRequest(request, response).catch(() => response.destroy());
});
server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
  if (error.code !== "ECONNRESET" && error.code !== "EPIPE") violated(`malformed HTTP: ${error.code}`);
  socket.destroy();
});

function carryOut(order: NodeOrder): Promise<void> | undefined {
  switch (order.kind) {
    case "listen":
      ({ name, baseModel, pace } = order);
      known = new Set(order.loraNames);
      return new Promise((resolve) => server.listen({ port: order.port, host: "127.0.0.1", backlog: 2048 }, resolve));
    case "names":
      known = new Set(order.loraNames);
      return;
    case "fault":
      faults.push(...Array.from({ length: order.count }, () => order.fault));
      return;
    case "behave":
      faults.length = 0;
      return;
    case "report":
      return;
  }
}

process.on("message", (order: NodeOrder) => void Promise.resolve(carryOut(order)).then(() => process.send?.(report)));
process.once("disconnect", () => process.exit(0));
