import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createOutbound } from "#lib/platform/outbound.ts";
import { createNodeClient, NodeError } from "./node-client.ts";
import { loadedText, SIMULATED_HEADER, unloadedText } from "./schema.ts";
import replies from "./testdata/replies.json" with { type: "json" };

type Page = { status?: number; type?: string; body: string; headers?: Record<string, string> };
type Answer = Page | "hang" | "reset";
type Seen = { method: string; path: string; authorization: string | undefined; body: string };

const json = (body: unknown, status = 200): Page => ({
  status,
  type: "application/json",
  body: JSON.stringify(body),
});
const NAME = "acme--support--v1-0123456789ab";
const PATH = "/data/acme--support/0123456789ab";

let answer: Answer = json({});
let seen: Seen[] = [];
const server = createServer(async (request: IncomingMessage, response: ServerResponse) => {
  let body = "";
  for await (const chunk of request) body += String(chunk);
  seen.push({
    method: request.method ?? "",
    path: request.url ?? "",
    authorization: request.headers.authorization,
    body,
  });
  if (answer === "hang") return;
  if (answer === "reset") return void request.socket.destroy();
  response
    .writeHead(answer.status ?? 200, { "content-type": answer.type ?? "text/plain", ...answer.headers })
    .end(answer.body);
});
const outbound = createOutbound();
let baseUrl = "";

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await outbound.close();
});
beforeEach(() => {
  seen = [];
});

const client = () => createNodeClient({ baseUrl, apiKey: "s3cret", outbound, lookTimeoutMs: 200 });
const fault = (call: Promise<unknown>) =>
  call.then(
    () => "none",
    (error) => (error instanceof NodeError ? error.fault : error),
  );

describe("looks", () => {
  it("lists base and adapters, and sends the key", async () => {
    answer = json(replies.models);
    const { cards, simulated } = await client().models();
    expect(cards.map((card) => [card.id, card.root, card.parent])).toEqual([
      ["meta-llama/Llama-3.1-8B-Instruct", "/models/llama", null],
      [NAME, PATH, "meta-llama/Llama-3.1-8B-Instruct"],
    ]);
    expect(simulated).toBe(false);
    expect(seen[0]).toMatchObject({ method: "GET", path: "/v1/models", authorization: "Bearer s3cret" });
  });

  it("sees that a node is simulated", async () => {
    answer = { ...json(replies.models), headers: { [SIMULATED_HEADER]: "1" } };
    expect((await client().models()).simulated).toBe(true);
  });

  it("tells why there is no usable answer", async () => {
    answer = json(replies.unauthorized, 401);
    expect(await fault(client().models())).toBe("unauthorized");
    answer = { body: "<!doctype html><title>Sign in</title>", type: "text/html" };
    expect(await fault(client().models())).toBe("not_vllm");
    answer = { status: 502, body: "<html>bad gateway</html>", type: "text/html" };
    expect(await fault(client().models())).toBe("not_vllm");
    answer = json({ models: [] });
    expect(await fault(client().models())).toBe("not_vllm");
    answer = { body: '{"object":"list","da' };
    expect(await fault(client().models())).toBe("not_vllm");
    answer = json({ error: { message: "busy" } }, 500);
    expect(await fault(client().models())).toBe("refused");
    answer = "hang";
    expect(await fault(client().models())).toBe("timeout");
    answer = "reset";
    expect(await fault(client().models())).toBe("unreachable");
  });

  it("reads health from the status alone", async () => {
    answer = { body: "" };
    expect(await client().health()).toBe(true);
    answer = { status: 503, body: "" };
    expect(await client().health()).toBe(false);
  });

  it("finds the start of the process, or says that the exporter keeps it", async () => {
    answer = { body: "# TYPE process_start_time_seconds gauge\nprocess_start_time_seconds 1.7640000005e+09\n" };
    expect(await client().processStart()).toEqual(new Date(1_764_000_000_500));
    answer = { body: "vllm:num_requests_running 0\n" };
    expect(await client().processStart()).toBeNull();
  });
});

describe("load", () => {
  const load = () => client().load({ loraName: NAME, path: PATH });

  it("takes the plain text of a success", async () => {
    answer = { body: loadedText(NAME) };
    expect(await load()).toEqual({ kind: "accepted" });
    expect(JSON.parse(seen[0]?.body ?? "")).toEqual({ lora_name: NAME, lora_path: PATH });
  });

  it("hands on a refusal with its class", async () => {
    answer = json(replies.rankTooBig, 500);
    expect(await load()).toMatchObject({ kind: "refused", error: { class: "permanent", code: "rank_above_limit" } });
  });

  it("does not try again by itself when the outcome is unknown", async () => {
    answer = "reset";
    expect((await load()).kind).toBe("unknown");
    expect(seen).toHaveLength(1);
  });

  it("ends with the caller's reason when the caller gives up", async () => {
    answer = "hang";
    const stop = new AbortController();
    const call = client().load({ loraName: NAME, path: PATH }, stop.signal);
    stop.abort(new Error("shutting down"));
    await expect(call).rejects.toThrow("shutting down");
  });

  it("knows whether a node can load at all", async () => {
    answer = json(replies.routeMissing, 404);
    expect(await client().canLoad()).toBe(false);
    answer = json(
      { error: { message: "Both 'lora_name' and 'lora_path' must be provided.", type: "InvalidUserInput" } },
      400,
    );
    expect(await client().canLoad()).toBe(true);
  });
});

describe("unload", () => {
  it("tells an unloaded name from one that was not there", async () => {
    answer = { body: unloadedText(NAME) };
    expect(await client().unload(NAME)).toEqual({ kind: "unloaded" });
    answer = json(replies.unknownUnload, 404);
    expect(await client().unload(NAME)).toEqual({ kind: "not_loaded" });
    answer = json({ error: { message: "oops" } }, 500);
    expect(await client().unload(NAME)).toMatchObject({ kind: "unknown" });
  });
});

describe("completion", () => {
  const ask = () =>
    client().completion({ model: "x", prompt: "hello", max_tokens: 1, temperature: 0, echo: true, logprobs: 1 });

  it("keeps the name that served and the log-probabilities", async () => {
    answer = json({
      id: "cmpl-1",
      object: "text_completion",
      created: 1,
      model: "x",
      choices: [
        {
          index: 0,
          text: "hello a",
          finish_reason: "length",
          stop_reason: null,
          logprobs: {
            tokens: ["hello", " a"],
            token_logprobs: [null, -1.5],
            text_offset: [0, 5],
            top_logprobs: [null, { " a": -1.5 }],
          },
        },
      ],
      usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
    });
    const reply = await ask();
    expect(reply.model).toBe("x");
    expect(reply.choices[0]?.logprobs?.token_logprobs).toEqual([null, -1.5]);
  });

  it("hands on the status of an unknown model", async () => {
    answer = json(replies.unknownModel, 404);
    await expect(ask()).rejects.toMatchObject({ fault: "refused", status: 404 });
  });
});
