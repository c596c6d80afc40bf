import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { createOutbound } from "#lib/platform/outbound.ts";
import { GuardError } from "./lora-guard.ts";
import { createNodeClient, NodeError } from "./node-client.ts";
import { DOORS, tryDoors } from "./open-doors.ts";
import { loadedText, SIMULATED_HEADER, unloadedText } from "./schema.ts";
import { recorded, recordedMetrics } from "./testdata/recorded.ts";

type Page = { status?: number; headers?: Record<string, string>; body: string };
type Answer = Page | "hang" | "reset";
type Seen = { method: string; path: string; authorization: string | undefined; body: string };

const json = (body: unknown, status = 200): Page => ({
  status,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});
const html = (body: string, status = 200): Page => ({ status, headers: { "content-type": "text/html" }, body });
/** A real reply, headers and all; the length follows from the body. */
const real = (topic: string, name: string): Page => {
  const { status, body, headers } = recorded(topic, name);
  const { "content-length": _length, ...rest } = headers;
  return { status, body, headers: rest };
};
const NAME = "acme--support-bot--v1-000000000001";
const PATH = "/data/tenant_adapters/acme--support-bot/000000000001";

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
  response.writeHead(answer.status ?? 200, answer.headers).end(answer.body);
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

const client = () => createNodeClient({ baseUrl, apiKey: "s3cret", outbound, quickTimeoutMs: 200 });
const fault = (call: Promise<unknown>) =>
  call.then(
    () => "none",
    (error) => (error instanceof NodeError ? error.fault : error),
  );

describe("reads", () => {
  it("lists base and adapters, and sends the key", async () => {
    answer = real("models", "after-load");
    const { cards, simulated } = await client().models();
    expect(cards.map((card) => [card.id, card.root, card.parent])).toEqual([
      ["switchyard/tiny-llama", "/data/models/tiny-llama", null],
      [NAME, PATH, "switchyard/tiny-llama"],
      [
        "globex--billing-helper--v1-000000000001",
        "/data/tenant_adapters/globex--billing-helper/000000000001",
        "switchyard/tiny-llama",
      ],
    ]);
    expect(simulated).toBe(false);
    expect(seen[0]).toMatchObject({ method: "GET", path: "/v1/models", authorization: "Bearer s3cret" });
  });

  it("sees that a node is simulated", async () => {
    answer = { ...real("models", "after-load"), headers: { [SIMULATED_HEADER]: "1" } };
    expect((await client().models()).simulated).toBe(true);
  });

  it("tells why there is no usable answer", async () => {
    answer = real("auth", "models-wrong-key");
    expect(await fault(client().models())).toBe("unauthorized");
    answer = html("<!doctype html><title>Sign in</title>");
    expect(await fault(client().models())).toBe("not_vllm");
    answer = html("<html>bad gateway</html>", 502);
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
    answer = real("plain", "health");
    expect(await client().health()).toBe(true);
    answer = real("engine-death", "health-while-ending");
    expect(await client().health()).toBe(false);
  });

  it("finds the start of the process, or says that the exporter keeps it", async () => {
    answer = { body: recordedMetrics("idle") };
    expect((await client().processStart())?.toISOString().slice(0, 10)).toBe("2026-11-24");
    answer = { body: "vllm:num_requests_running 0\n" };
    expect(await client().processStart()).toBeNull();
  });
});

describe("what may be switched off", () => {
  it("is null where it is off, and read where it is on", async () => {
    answer = real("plain", "tokenizer-info-off");
    expect(await client().tokenizerInfo()).toBeNull();
    answer = real("plain", "server-info-off");
    expect(await client().serverInfo()).toBeNull();
    answer = json({ tokenizer_class: "X", chat_template: "{{ messages }}" });
    expect((await client().tokenizerInfo())?.chat_template).toBe("{{ messages }}");
    answer = json({ vllm_config: { lora_config: { max_loras: 4, max_cpu_loras: 8, max_lora_rank: "16" } } });
    expect((await client().serverInfo())?.vllm_config?.lora_config).toEqual({
      max_loras: 4,
      max_cpu_loras: 8,
      max_lora_rank: 16,
    });
    answer = json({ vllm_config: "one long text", vllm_env: {} });
    expect((await client().serverInfo())?.vllm_config).toBeNull();
  });

  it("tells the node's clock and its load", async () => {
    answer = { headers: { date: "Tue, 24 Nov 2026 19:00:00 GMT" }, body: "" };
    expect((await client().clock())?.toISOString()).toBe("2026-11-24T19:00:00.000Z");
    answer = { headers: { date: "yesterday" }, body: "" };
    expect(await client().clock()).toBeNull();
    answer = real("plain", "server-load");
    expect(await client().serverLoad()).toBe(0);
  });

  it("is a door when it answers without a key", async () => {
    answer = real("doors", "collective-rpc");
    expect([...(await tryDoors(outbound, baseUrl)).values()]).toEqual(DOORS.map(() => "open"));
    expect(seen.every(({ authorization, body }) => authorization === undefined && body === "")).toBe(true);
    expect(seen.map(({ method, path }) => `${method} ${path}`)).toContain("GET /adapters");
    answer = real("auth", "models-no-key");
    expect([...(await tryDoors(outbound, baseUrl)).values()]).toEqual(DOORS.map(() => "closed"));
    answer = "reset";
    expect([...(await tryDoors(outbound, baseUrl)).values()]).toEqual(DOORS.map(() => "unknown"));
  });
});

describe("tokenize", () => {
  it("asks for a text or for messages", async () => {
    answer = real("tokenize", "base");
    expect((await client().tokenize({ model: "m", prompt: "x" })).tokens).toHaveLength(22);
    expect(JSON.parse(seen[0]?.body ?? "")).toEqual({ model: "m", prompt: "x" });
  });
});

describe("load", () => {
  const load = () => client().load({ loraName: NAME, path: PATH });

  it("takes the plain text of a success", async () => {
    answer = real("load", "ok");
    expect(recorded("load", "ok").body).toBe(loadedText(NAME));
    expect(await load()).toEqual({ kind: "accepted" });
    expect(JSON.parse(seen[0]?.body ?? "")).toEqual({ lora_name: NAME, lora_path: PATH });
  });

  it("hears from the plugin that the node verified the bytes itself, in full or not at all", async () => {
    const digest = "0123456789abcdef".repeat(4);
    answer = { body: `${loadedText(NAME)} switchyard_verified=${digest}` };
    expect(await load()).toEqual({ kind: "accepted", verifiedDigest: digest });
    answer = { body: `${loadedText(NAME)} switchyard_verified=${digest.slice(0, 12)}` };
    expect(await load()).toEqual({ kind: "accepted" });
  });

  it("hands on a refusal with its class", async () => {
    answer = real("load-bad-adapter", "rank-32");
    expect(await load()).toMatchObject({ kind: "refused", error: { class: "permanent", code: "rank_above_limit" } });
  });

  it("takes a web page for no answer, whatever its status", async () => {
    for (const status of [200, 502]) {
      answer = html("<html>sign in</html>", status);
      expect(await load()).toEqual({ kind: "unknown", message: expect.stringContaining(`HTML page (${status})`) });
    }
  });

  it("sends nothing that must never reach an engine", async () => {
    answer = real("models", "after-load");
    const knowing = client();
    await knowing.models();
    seen = [];
    const tries = [
      () => knowing.load({ loraName: "support-bot", path: PATH }),
      () => knowing.load({ loraName: "a,b", path: PATH }),
      () => knowing.load({ loraName: "switchyard/tiny-llama", path: PATH }),
      () => knowing.load({ loraName: NAME, path: "hub/adapter" }),
      () => knowing.load({ loraName: NAME, path: PATH, load_inplace: true } as { loraName: string; path: string }),
      () => knowing.unload("switchyard/tiny-llama"),
      () => knowing.completion({ model: NAME, prompt: "x", max_tokens: 1, temperature: 0, echo: true, logprobs: 1 }),
    ];
    for (const send of tries) await expect((async () => send())()).rejects.toBeInstanceOf(GuardError);
    expect(seen).toEqual([]);
  });

  it("sends no second load of a name while the first has no reply, from any client of the process", async () => {
    answer = "hang";
    const stop = new AbortController();
    const first = client().load({ loraName: NAME, path: PATH }, stop.signal);
    await vi.waitFor(() => expect(seen).toHaveLength(1));
    expect(await client().load({ loraName: NAME, path: PATH })).toMatchObject({ kind: "unknown" });
    expect(seen).toHaveLength(1);
    stop.abort(new Error("given up"));
    await expect(first).rejects.toThrow("given up");
    answer = real("load", "ok");
    expect(await load()).toEqual({ kind: "accepted" });
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
    answer = real("load", "runtime-updating-off");
    expect(await client().canLoad()).toBe(false);
    answer = real("load", "empty-name");
    expect(await client().canLoad()).toBe(true);
  });
});

describe("unload", () => {
  it("tells an unloaded name from one that was not there", async () => {
    answer = real("unload", "ok");
    expect(recorded("unload", "ok").body).toBe(unloadedText("globex--billing-helper--v1-000000000001"));
    expect(await client().unload(NAME)).toEqual({ kind: "unloaded" });
    answer = real("unload", "unknown");
    expect(await client().unload(NAME)).toEqual({ kind: "not_loaded" });
    answer = json({ error: { message: "oops" } }, 500);
    expect(await client().unload(NAME)).toMatchObject({ kind: "unknown" });
  });
});

describe("completion", () => {
  const ask = () => client().completion({ model: "x", prompt: ["hello"], max_tokens: 1, temperature: 0, logprobs: 20 });

  it("keeps the name that served and the log-probabilities of every prompt", async () => {
    answer = real("probe", "support-bot");
    const reply = await ask();
    expect(reply.model).toBe(NAME);
    expect(reply.choices.map((choice) => choice.index)).toEqual([0, 1, 2]);
    expect(Object.keys(reply.choices[0]?.logprobs?.top_logprobs?.[0] ?? {})).toHaveLength(20);
  });

  it("says why numbers that are not finite cannot be told", async () => {
    answer = real("probe", "nan");
    await expect(ask()).rejects.toMatchObject({ fault: "refused", status: 400 });
    await expect(ask()).rejects.toThrow("Out of range float values");
  });

  it("hands on the status of an unknown model", async () => {
    answer = real("completions", "unknown-model");
    await expect(ask()).rejects.toMatchObject({ fault: "refused", status: 404 });
  });
});
