import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { silentLog } from "#lib/platform/log.ts";
import { ChatReplySchema, CompletionReplySchema, ModelListSchema, TokenizeReplySchema } from "#lib/vllm/schema.ts";
import { startSimNode } from "../start-node.ts";
import { BASE_MODEL, MODEL_DIR, startTestNode, type TestNode, TRAINED } from "../testing/node-fixture.ts";

const TOOLS = [
  {
    type: "function",
    function: {
      name: "get_order",
      parameters: {
        type: "object",
        properties: {
          id: { type: "string" },
          priority: { enum: ["low", "high"] },
          count: { type: "integer", minimum: 2 },
        },
        required: ["id", "priority", "count"],
      },
    },
  },
];
const ASK = [{ role: "user", content: "Where is my order A1042?" }];

let node: TestNode;
beforeAll(async () => {
  node = await startTestNode();
  await node.load("acme--support--v1-000000000001", TRAINED[0]);
});
afterAll(() => node.node.stop());

describe("the node's HTTP surface", () => {
  it("marks every reply as simulated, errors included", async () => {
    const replies = [
      await node.get("/health"),
      await node.get("/nowhere"),
      await node.get("/metrics"),
      await node.chat({}),
    ];
    expect(replies.map((reply) => reply.headers.get("x-switchyard-simulated"))).toEqual(["1", "1", "1", "1"]);
  });

  it("answers small paths as the framework does", async () => {
    expect(await node.get("/nowhere")).toMatchObject({ status: 404, text: '{"detail":"Not Found"}' });
    expect(await node.get("/v1/load_lora_adapter")).toMatchObject({
      status: 405,
      text: '{"detail":"Method Not Allowed"}',
    });
    expect(await node.get("/health")).toMatchObject({ status: 200, text: "" });
    expect(await node.post("/ping", {})).toMatchObject({ status: 200, text: "" });
    expect((await node.get("/version")).json()).toEqual({ version: "0.32.0" });
  });

  it("lists base and adapters as cards that differ from call to call", async () => {
    const list = ModelListSchema.parse((await node.get("/v1/models")).json());
    expect(list.data.map(({ id, root, parent, max_model_len }) => ({ id, root, parent, max_model_len }))).toEqual([
      { id: BASE_MODEL, root: MODEL_DIR, parent: null, max_model_len: 8192 },
      { id: "acme--support--v1-000000000001", root: TRAINED[0], parent: BASE_MODEL, max_model_len: null },
    ]);
    const again = ModelListSchema.parse((await node.get("/v1/models")).json());
    expect(again.data[0]?.permission).not.toEqual(list.data[0]?.permission);
  });

  it("tokenizes with the base's tokenizer, under any served name", async () => {
    const reply = await node.post("/tokenize", { model: "acme--support--v1-000000000001", prompt: "The order" });
    expect(TokenizeReplySchema.parse(reply.json())).toEqual({
      count: 3,
      max_model_len: 8192,
      tokens: [0, 476, 412],
      token_strs: null,
    });
    expect((await node.post("/detokenize", { tokens: [476, 412] })).json()).toEqual({ prompt: "The order" });
  });

  it("refuses unknown models, over-long prompts and zero tokens", async () => {
    expect(await node.chat({ model: "nobody", messages: ASK })).toMatchObject({ status: 404 });
    expect((await node.chat({ model: "nobody", messages: ASK })).json()).toEqual({
      error: {
        message: `The model \`nobody\` does not exist. Valid aliases: ${BASE_MODEL}.`,
        type: "NotFoundError",
        param: "model",
        code: 404,
      },
    });
    const long = await node.chat({ model: BASE_MODEL, messages: [{ role: "user", content: "word ".repeat(9000) }] });
    expect([long.status, long.text]).toEqual([400, expect.stringContaining("maximum context length is 8192 tokens")]);
    expect(await node.chat({ model: BASE_MODEL, messages: ASK, max_tokens: 0 })).toMatchObject({ status: 400 });
  });

  it("embeds by tokens and adapter, as floats or base64", async () => {
    const ask = async (model: string, input: unknown, more = {}) =>
      (await node.post("/v1/embeddings", { model, input, ...more })).json() as {
        model: string;
        data: { embedding: number[] | string }[];
        usage: { prompt_tokens: number };
      };
    const base = await ask(BASE_MODEL, ["The order", "Another"]);
    const adapted = await ask("acme--support--v1-000000000001", "The order");
    expect(base.data).toHaveLength(2);
    expect(adapted.model).toBe("acme--support--v1-000000000001");
    expect(adapted.usage.prompt_tokens).toBe(3);
    expect(adapted.data[0]?.embedding).not.toEqual(base.data[0]?.embedding);
    expect(await ask(BASE_MODEL, [0, 476, 412])).toMatchObject({ data: [{ embedding: base.data[0]?.embedding }] });
    const packed = await ask(BASE_MODEL, "The order", { encoding_format: "base64" });
    const bytes = Buffer.from(String(packed.data[0]?.embedding), "base64");
    const floats = Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(index * 4));
    expect(floats).toEqual([...new Float32Array(base.data[0]?.embedding as number[])]);
  });

  it("answers /v1/responses as a chat of the same messages, whole and as events", async () => {
    const model = "acme--support--v1-000000000001";
    const chat = ChatReplySchema.parse((await node.chat({ model, messages: ASK, temperature: 0 })).json());
    const text = chat.choices[0]?.message.content;
    const body = { model, input: ASK, temperature: 0, store: false };
    const whole = (await node.post("/v1/responses", body)).json();
    expect(whole).toMatchObject({
      object: "response",
      model,
      status: "completed",
      output: [{ content: [{ type: "output_text", text }] }],
      usage: { input_tokens: chat.usage?.prompt_tokens, output_tokens: chat.usage?.completion_tokens },
    });
    const { text: events } = await node.post("/v1/responses", { ...body, stream: true });
    const deltas = [...events.matchAll(/"type":"response.output_text.delta".*"delta":("(?:[^"\\]|\\.)*")/g)];
    expect(deltas.map(([, delta]) => JSON.parse(delta ?? "")).join("")).toBe(text);
    expect(events).toMatch(/^event: response.created\n[\s\S]*event: response.completed\ndata: .*\n\n$/);
  });

  it("answers an unknown prompt with a call that is valid under the tool's schema", async () => {
    const reply = ChatReplySchema.parse(
      (await node.chat({ model: "acme--support--v1-000000000001", messages: ASK, tools: TOOLS })).json(),
    );
    const [choice] = reply.choices;
    expect(reply.model).toBe("acme--support--v1-000000000001");
    expect(choice).toMatchObject({ finish_reason: "tool_calls", message: { content: null } });
    const call = choice?.message.tool_calls?.[0]?.function;
    expect([call?.name, JSON.parse(call?.arguments ?? "")]).toEqual([
      "get_order",
      { id: expect.any(String), priority: expect.stringMatching(/^(low|high)$/), count: expect.any(Number) },
    ]);
    expect(reply.usage?.total_tokens).toBe((reply.usage?.prompt_tokens ?? 0) + (reply.usage?.completion_tokens ?? 0));
  });

  it("streams the same answer: role first, finish reason last, usage on request, then [DONE]", async () => {
    const body = { model: BASE_MODEL, messages: ASK, tools: TOOLS };
    const whole = ChatReplySchema.parse((await node.chat(body)).json());
    const { text, headers } = await node.chat({ ...body, stream: true, stream_options: { include_usage: true } });
    expect(headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    const events = text
      .trim()
      .split("\n\n")
      .map((event) => event.replace(/^data: /, ""));
    expect(events.pop()).toBe("[DONE]");
    type Chunk = {
      choices: {
        delta: { role?: string; tool_calls?: { function: { name?: string; arguments?: string } }[] };
        finish_reason: string | null;
      }[];
      usage?: unknown;
    };
    const chunks = events.map((event) => JSON.parse(event) as Chunk);
    expect(chunks[0]?.choices[0]?.delta).toEqual({ role: "assistant", content: "" });
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: whole.usage });
    expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe("tool_calls");
    const parts = chunks.flatMap((chunk) => chunk.choices.flatMap((choice) => choice.delta.tool_calls ?? []));
    const streamed = {
      name: parts.map((part) => part.function.name ?? "").join(""),
      arguments: parts.map((part) => part.function.arguments ?? "").join(""),
    };
    expect(streamed).toEqual(whole.choices[0]?.message.tool_calls?.[0]?.function);
  });

  it("cuts an answer at max_tokens and says so", async () => {
    const reply = ChatReplySchema.parse(
      (await node.chat({ model: BASE_MODEL, messages: ASK, tools: TOOLS, max_tokens: 5 })).json(),
    );
    expect(reply.choices[0]).toMatchObject({ finish_reason: "length", message: { content: expect.any(String) } });
    expect([reply.choices[0]?.message.tool_calls, reply.usage?.completion_tokens]).toEqual([undefined, 5]);
  });

  it("echoes a prompt with log-probabilities, the first token without one", async () => {
    const body = { model: BASE_MODEL, prompt: "The order", max_tokens: 1, temperature: 0, echo: true, logprobs: 1 };
    const reply = CompletionReplySchema.parse((await node.post("/v1/completions", body)).json());
    const logprobs = reply.choices[0]?.logprobs;
    expect(logprobs?.tokens.slice(0, 3)).toEqual(["<|begin_of_text|>", "The", " order"]);
    expect(logprobs?.token_logprobs).toEqual([null, expect.any(Number), expect.any(Number), expect.any(Number)]);
    expect(Object.keys(logprobs?.top_logprobs?.[1] ?? {})).toContain("The");
    expect(reply.choices[0]?.text.startsWith("The order")).toBe(true);
  });

  it("repeats greedy completions and seeded samples", async () => {
    const body = { model: BASE_MODEL, prompt: "Once", max_tokens: 12, temperature: 0 };
    const text = async (more: object) =>
      CompletionReplySchema.parse((await node.post("/v1/completions", { ...body, ...more })).json()).choices[0]?.text;
    expect(await text({})).toBe(await text({}));
    expect(await text({ temperature: 1, seed: 3 })).toBe(await text({ temperature: 1, seed: 3 }));
    expect(await text({ temperature: 1, seed: 3 })).not.toBe(await text({ temperature: 1, seed: 4 }));
  });
});

describe("--api-key", () => {
  it("guards /v1 and nothing else", async () => {
    const guarded = await startTestNode({ apiKey: "k-123" });
    const bearer = { authorization: "Bearer k-123" };
    expect(await guarded.get("/v1/models")).toMatchObject({ status: 401, text: '{"error":"Unauthorized"}' });
    expect((await guarded.get("/v1/models", { authorization: "Bearer other" })).status).toBe(401);
    expect((await guarded.get("/v1/models", bearer)).status).toBe(200);
    for (const path of ["/health", "/metrics", "/version"]) expect((await guarded.get(path)).status).toBe(200);
    // vLLM's own hole: the same handlers outside the guarded prefix.
    expect((await guarded.post("/adapters", { name: "x", src: TRAINED[0] })).text).toBe("Adapter x registered");
    await guarded.node.stop();
  });
});

describe("startSimNode", () => {
  it("says which file a model directory lacks, and that a port is taken", async () => {
    const start = (port: number, modelDir: string) =>
      startSimNode({ port, name: "x", baseModel: BASE_MODEL, modelDir, log: silentLog });
    await expect(start(0, "/nowhere")).rejects.toThrow("needs config.json");
    await expect(start(node.node.port, MODEL_DIR)).rejects.toThrow("EADDRINUSE");
  });

  it("drops connections when killed", async () => {
    const other = await startTestNode({ speed: 0.001 });
    const pending = other.chat({ model: BASE_MODEL, messages: ASK });
    await other.get("/health");
    await other.node.kill();
    await expect(pending).rejects.toThrow();
  });
});
