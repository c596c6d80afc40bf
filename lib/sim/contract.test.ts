import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodeFloats, encodeFloats } from "#lib/platform/safetensors/elements.ts";
import { encodeSafetensors, type TensorBytes } from "#lib/platform/safetensors/encode.ts";
import { parseSafetensorsHeader } from "#lib/platform/safetensors/header.ts";
import {
  startTestNode,
  type TestNode,
  TINY_CONFIG,
  TRAINED,
  writeAdapter,
  writeFiles,
} from "./testing/node-fixture.ts";
import { type Exchange, recorded, recordedMetrics, shapeDifferences, shapeOf } from "./testing/recorded.ts";

/** What a real vLLM 0.32.0 answered, asked of a simulated node: same status, type and shape; same words in errors. */
let node: TestNode;
/** The directories of the recording, and what stands for them here. */
let places: Record<string, string>;

const RECORDED_PATH = /\/data\/tenant_adapters\/([\w-]+)\/000000000001/;

async function tensorsOf(path: string): Promise<TensorBytes[]> {
  const bytes = await readFile(join(path, "adapter_model.safetensors"));
  const parsed = parseSafetensorsHeader(bytes);
  if (!parsed.ok) throw new Error(parsed.problem.message);
  return parsed.header.tensors.map(({ name, dtype, shape, begin, end }) => ({
    name,
    dtype,
    shape,
    data: bytes.subarray(begin, end),
  }));
}

/** The trained adapter with one fact changed. */
async function changed(
  config: (text: string) => string | null,
  weights: (tensors: TensorBytes[]) => TensorBytes[] | Uint8Array | null = (tensors) => tensors,
): Promise<string> {
  const text = config(await readFile(join(TRAINED[0], "adapter_config.json"), "utf8"));
  const made = weights(await tensorsOf(TRAINED[0]));
  return writeFiles({
    ...(text === null ? {} : { "adapter_config.json": text }),
    ...(made === null ? {} : { "adapter_model.safetensors": Array.isArray(made) ? encodeSafetensors(made) : made }),
  });
}

const same = (text: string) => text;
const withField = (field: string, value: unknown) => (text: string) =>
  JSON.stringify({ ...(JSON.parse(text) as object), [field]: value });
const renamed = (from: string | RegExp, to: string) => (tensors: TensorBytes[]) =>
  tensors.map((tensor) => ({ ...tensor, name: tensor.name.replace(from, to) }));
const isB = (tensor: TensorBytes) => tensor.name.includes("lora_B");
const filledB = (value: number) => (tensors: TensorBytes[]) =>
  tensors.map((tensor) =>
    isB(tensor) ? { ...tensor, data: encodeFloats(decodeFloats(tensor.data, "BF16").fill(value), "BF16") } : tensor,
  );
const wide = (factor: number) =>
  writeAdapter({ seed: "wide", baseConfig: { ...TINY_CONFIG, hidden_size: 64 * factor } });

const recreate = async (): Promise<Record<string, string>> => ({
  "acme--support-bot": TRAINED[0],
  "globex--billing-helper": TRAINED[1],
  "initech--copy-a": TRAINED[0],
  "bad--rank-32": await writeAdapter({ seed: "r", rank: 32 }),
  "bad--rank-32-config-only": await changed(withField("r", 32)),
  "bad--rank-32-tensors-only": await changed(same, (tensors) =>
    tensors.map((tensor) => ({
      ...tensor,
      shape: tensor.shape.map((side) => (side === 16 ? 32 : side)),
      data: new Uint8Array(2 * tensor.data.byteLength),
    })),
  ),
  "bad--target-modules": await changed(same, renamed("q_proj", "c_attn")),
  "bad--target-modules-config-only": await changed(withField("target_modules", ["c_attn"])),
  "bad--wrong-prefix": await changed(same, renamed("base_model.model.model", "base_model.model.language_model.model")),
  "bad--zero-b": await changed(same, filledB(0)),
  "bad--nan": await changed(same, filledB(Number.NaN)),
  "bad--only-a": await changed(same, (tensors) => tensors.filter((tensor) => !isB(tensor))),
  "bad--small-hidden": await wide(0.5),
  "bad--large-hidden": await wide(2),
  "bad--truncated": await changed(same, (tensors) => encodeSafetensors(tensors).subarray(0, -1000)),
  "bad--no-tensors": await changed(same, () => []),
  "bad--no-weights-file": await changed(same, () => null),
  "bad--no-config-file": await changed(() => null),
  "bad--config-not-json": await changed(() => "{nope"),
  "bad--config-no-r": await changed(withField("r", undefined)),
  "bad--config-r-zero": await changed(withField("r", 0)),
  "bad--dora": await changed(withField("use_dora", true)),
  "bad--modules-to-save": await changed(withField("modules_to_save", ["lm_head"])),
  "bad--bias-all": await changed(withField("bias", "all")),
  "bad--unsupported-tensor": await changed(same, (tensors) => [
    ...tensors,
    {
      name: "base_model.model.model.layers.0.self_attn.q_proj.lora_magnitude_vector",
      dtype: "F32",
      shape: [2],
      data: new Uint8Array(8),
    },
  ]),
});

beforeAll(async () => {
  places = await recreate();
  node = await startTestNode({ maxModelLen: 2048 });
});
afterAll(() => node.node.stop());

/** Sends a recorded request with its directory exchanged for ours. */
async function replay({ request }: Exchange) {
  const text = typeof request.body === "string" ? request.body : JSON.stringify(request.body);
  const body = text?.replace(RECORDED_PATH, (path, name: string) => places[name] ?? path);
  const type = request.headers?.["content-type"] ?? (body === undefined ? undefined : "application/json");
  const response = await fetch(node.node.url + request.path, {
    method: request.method,
    headers: { ...request.headers, ...(type ? { "content-type": type } : {}) },
    ...(body === undefined ? {} : { body }),
  });
  return {
    status: response.status,
    contentType: response.headers.get("content-type") ?? undefined,
    body: await response.text(),
  };
}

/** The engine of the recording was a worker of its own, which wraps reasons once more; ours is in the same process. */
const unwrapped = (body: string) =>
  body
    .replace(/Worker failed with error '(.*)', please check the stack trace above for the root cause/, "$1")
    .replace(RECORDED_PATH, "<path>")
    .replace(/\{('\w+', ){8}'\w+'\}/, "{modules}")
    .replace('failed: "', 'failed:"');

async function expectSame(exchange: Exchange): Promise<void> {
  const seen = await replay(exchange);
  const real = exchange.response;
  expect([seen.status, seen.contentType]).toEqual([real.status, real.headers["content-type"]]);
  if (real.headers["content-type"] !== "application/json") return expect(seen.body).toBe(real.body);
  if (real.status >= 400) return expect(unwrapped(seen.body)).toBe(unwrapped(real.body));
  expect(shapeDifferences(shapeOf(JSON.parse(real.body)), shapeOf(JSON.parse(seen.body)))).toEqual([]);
}

const named = (topic: string, leaveOut: readonly string[] = []) =>
  Object.entries(recorded(topic)).filter(([name]) => !leaveOut.includes(name));

/** Nodes that were started otherwise. */
const OTHER_NODES = ["runtime-updating-off", "lora-not-enabled"];

describe("against the recording of vLLM 0.32.0", () => {
  it.each(named("plain"))("plain: %s", (_, exchange) => expectSame(exchange));

  it("models before any load", () => expectSame(recorded("models")["before-load"] as Exchange));

  it.each(named("load", [...OTHER_NODES, "again-after-unload", "missing-path"]))("load: %s", (_, exchange) =>
    expectSame(exchange),
  );

  it.each(named("load-bad-adapter"))("load of a bad adapter: %s", (_, exchange) => expectSame(exchange));

  it("load of a second adapter, models, unload", async () => {
    await expectSame(recorded("load")["again-after-unload"] as Exchange);
    await expectSame(recorded("models")["after-load"] as Exchange);
  });

  it.each(named("tokenize", ["adapter"]))("tokenize, to the token: %s", async (_, exchange) => {
    expect(JSON.parse((await replay(exchange)).body)).toEqual(JSON.parse(exchange.response.body));
  });

  it.each(named("probe", ["base-after-nan"]))("probe: %s", (_, exchange) => expectSame(exchange));

  it.each(named("completions", ["stream"]))("completions: %s", (_, exchange) => expectSame(exchange));

  it.each(named("chat", ["stream", "stream-usage", "stream-tools", "too-long", "unloaded-model", "tools"]))(
    "chat: %s",
    (_, exchange) => expectSame(exchange),
  );

  it("chat that is too long", async () => {
    const exchange = recorded("chat")["too-long"] as Exchange;
    const messages = [{ role: "user", content: "order ".repeat(2100) }];
    await expectSame({
      ...exchange,
      request: { ...exchange.request, body: { ...(exchange.request.body as object), messages } },
    });
  });

  it.each(named("unload", OTHER_NODES))("unload: %s", (_, exchange) => expectSame(exchange));

  it("refuses without a key, and has the same holes", async () => {
    const open = node;
    node = await startTestNode({ apiKey: "sk-node-key", maxModelLen: 2048 });
    for (const [, exchange] of named("auth")) await expectSame(exchange);
    await node.node.stop();
    node = open;
  });
});

type Chunk = { choices: { delta: Record<string, unknown>; finish_reason: string | null }[] };
const chunksOf = (body: string): Chunk[] =>
  body
    .trim()
    .split("\n\n")
    .map((event) => event.slice("data: ".length))
    .filter((event) => event !== "[DONE]")
    .map((event) => JSON.parse(event) as Chunk);

describe("streams against the recording", () => {
  it.each([
    ["chat", "stream"],
    ["chat", "stream-usage"],
    ["chat", "stream-tools"],
    ["completions", "stream"],
  ])("%s: %s opens, continues and ends alike", async (topic, name) => {
    await node.load("acme--support-bot--v1-000000000001", TRAINED[0]);
    await node.load("globex--billing-helper--v1-000000000001", TRAINED[1]);
    const exchange = recorded(topic)[name] as Exchange;
    const body = { ...(exchange.request.body as object), max_tokens: topic === "chat" ? 200 : 3 };
    const seen = await replay({ ...exchange, request: { ...exchange.request, body } });
    expect(seen.body.endsWith("data: [DONE]\n\n")).toBe(true);
    const [real, ours] = [chunksOf(exchange.response.body), chunksOf(seen.body)];
    const shapes = (chunks: Chunk[]) => [...new Set(chunks.map((chunk) => JSON.stringify(shapeOf(chunk))))].sort();
    expect(shapes(ours)).toEqual(shapes(real));
    const ends = (chunks: Chunk[]) => chunks.flatMap((chunk) => chunk.choices.map((choice) => choice.finish_reason));
    expect(ends(ours).filter(Boolean)).toEqual(ends(real).filter(Boolean));
  });
});

describe("/metrics against the recording", () => {
  it("has only names, types and labels that a real node has, and the plugin's", async () => {
    const { text } = await node.get("/metrics");
    const typesOf = (exposition: string) =>
      new Map([...exposition.matchAll(/^# TYPE (\S+) (\w+)$/gm)].map(([, name, type]) => [name, type]));
    const real = typesOf(recordedMetrics("after-traffic"));
    const ours = [...typesOf(text)].filter(([name]) => !name?.startsWith("switchyard_"));
    expect(ours.filter(([name, type]) => real.get(name) !== type)).toEqual([]);
    const labelsOf = (exposition: string) =>
      new Map(
        [...exposition.matchAll(/^(\S+?)\{(.*)\} \S+$/gm)].map(([, name, labels = ""]) => [
          name,
          [...labels.matchAll(/(\w+)="/g)].map(([, label]) => label).join(","),
        ]),
      );
    const realLabels = labelsOf(recordedMetrics("after-traffic"));
    // cache_config_info has forty labels, of which we have the five that are read.
    const differing = [...labelsOf(text)].filter(
      ([name, labels]) => realLabels.has(name) && realLabels.get(name) !== labels && name !== "vllm:cache_config_info",
    );
    expect(differing).toEqual([]);
  });
});
