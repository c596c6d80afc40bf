import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type FakeEndpoint = {
  /** Ends with /v1. */
  baseUrl: string;
  /** Method, path and authorization of every call. */
  asked: { call: string; authorization: string | undefined; body: string }[];
  /** What it does instead of answering; null = it answers. */
  answer: ((response: ServerResponse, path: string) => void) | null;
  close(): Promise<void>;
};

/** An OpenAI-compatible service with two models that wants `Bearer <key>`. */
export async function startFakeEndpoint(key: string | null): Promise<FakeEndpoint> {
  const server = createServer((request, response) => void serve(request, response));
  const fake: FakeEndpoint = { baseUrl: "", asked: [], answer: null, close: async () => {} };
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const path = request.url ?? "";
    const body = Buffer.concat(chunks).toString();
    fake.asked.push({ call: `${request.method} ${path}`, authorization: request.headers.authorization, body });
    if (fake.answer) return fake.answer(response, path);
    if (key !== null && request.headers.authorization !== `Bearer ${key}`)
      return sendJson(response, 401, { error: { code: "invalid_api_key", message: "secret text of theirs" } });
    if (path === "/v1/models") return sendJson(response, 200, { data: [{ id: "harbor-8b" }, { id: "other" }] });
    if (path !== "/v1/chat/completions") return sendJson(response, 404, {});
    const { model } = JSON.parse(body);
    if (model !== "harbor-8b" && model !== "other")
      return sendJson(response, 404, { error: { code: "model_not_found" } });
    return sendJson(response, 200, { choices: [{ index: 0, message: { role: "assistant", content: "Hi" } }] });
  };
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  fake.baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  fake.close = () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return fake;
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}
