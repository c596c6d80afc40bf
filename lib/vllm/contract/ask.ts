import type { AdapterKind } from "./adapters.ts";
import type { ContractNode, Fact, Facts, Reply, Sample, SendOptions } from "./point.ts";

/** The few requests that checks make, and how their replies become facts. */
export const post = (node: ContractNode, path: string, body: unknown, options: SendOptions = {}): Promise<Reply> =>
  node.send("POST", path, { body, ...options });

export const loadPath = (node: ContractNode, name: string, path: string, more: object = {}): Promise<Reply> =>
  post(node, "/v1/load_lora_adapter", { lora_name: name, lora_path: path, ...more });

export const load = (node: ContractNode, name: string, kind: AdapterKind, more: object = {}): Promise<Reply> =>
  loadPath(node, name, node.directory(kind), more);

export const unload = (node: ContractNode, name: string): Promise<Reply> =>
  post(node, "/v1/unload_lora_adapter", { lora_name: name });

/** Loads and says so when it did not work: a check that builds on a load must not go on without it. */
export async function mustLoad(node: ContractNode, label: string, kind: AdapterKind): Promise<string> {
  const name = node.name(label);
  const reply = await load(node, name, kind);
  if (reply.status !== 200) throw new Error(`loading ${kind} answered ${reply.status}: ${reply.text}`);
  return name;
}

/** Four adapters that differ, for a node that holds three. */
const KINDS: readonly AdapterKind[] = ["seeded-1", "seeded-2", "seeded-3", "seeded-4"];

/** Loads this many adapters: the last three are in the host cache, the last two of those in slots. */
export async function fill(node: ContractNode, count: number): Promise<string[]> {
  const names = [];
  for (let at = 0; at < count; at += 1)
    names.push(await mustLoad(node, `n${at}`, KINDS[at % KINDS.length] ?? "seeded-1"));
  return names;
}

/** The prompts tell base and both trained adapters apart. */
export const PROMPTS = ["Where is my order A1042?", "Show me invoice 2026-118.", "The quick brown fox jumps over"];

export const complete = (node: ContractNode, model: string, more: object = {}): Promise<Reply> =>
  post(node, "/v1/completions", { model, prompt: "Where is my order?", max_tokens: 1, temperature: 0, ...more });

export const chat = (node: ContractNode, model: string, more: object = {}): Promise<Reply> =>
  post(node, "/v1/chat/completions", {
    model,
    messages: [{ role: "user", content: "Where is my order A1042?" }],
    max_tokens: 4,
    temperature: 0,
    ...more,
  });

/** A request that runs for `tokens` steps whatever the model would say. */
export const runFor = (node: ContractNode, model: string, tokens: number): Promise<Reply> =>
  complete(node, model, { max_tokens: tokens, ignore_eos: true });

/** Log-probabilities of the likeliest first tokens for each prompt; null when the node refuses. */
export async function firstTokens(node: ContractNode, model: string): Promise<number[] | null> {
  const reply = await complete(node, model, { prompt: PROMPTS, logprobs: 5, return_tokens_as_token_ids: true });
  if (reply.status !== 200) return null;
  const { choices } = JSON.parse(reply.text) as {
    choices: { logprobs: { top_logprobs: Record<string, number>[] } }[];
  };
  return choices.flatMap(({ logprobs }) =>
    Object.entries(logprobs.top_logprobs[0] ?? {})
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([token, value]) => [Number(token.slice("token_id:".length)), value]),
  );
}

/** Between two runs of one request on a quiet node. */
const NOISE = 0.01;
export const isSameAnswer = (a: readonly number[] | null, b: readonly number[] | null): boolean =>
  a !== null && b !== null && a.length === b.length && a.every((value, at) => Math.abs(value - (b[at] ?? 0)) < NOISE);

export type Card = { id: string; root: string | null; parent: string | null; max_model_len: number | null };

export async function cards(node: ContractNode): Promise<Card[]> {
  const reply = await node.send("GET", "/v1/models");
  return (JSON.parse(reply.text) as { data: Card[] }).data;
}

export const isListed = async (node: ContractNode, name: string): Promise<boolean> =>
  (await cards(node)).some((card) => card.id === name);

type ErrorBody = { message: string; type: string | null; param: string | null; code: number };

/** The error of a reply, nested (since 0.10.1) or flat; null when it is something else. */
export function errorOf(reply: Reply): (ErrorBody & { isNested: boolean }) | null {
  const body = jsonOf(reply);
  if (body === null || typeof body !== "object") return null;
  if ("error" in body && typeof body.error === "object" && body.error !== null)
    return { ...(body.error as ErrorBody), isNested: true };
  return "object" in body && body.object === "error" ? { ...(body as unknown as ErrorBody), isNested: false } : null;
}

function jsonOf(reply: Reply): unknown {
  try {
    return JSON.parse(reply.text);
  } catch {
    return null;
  }
}

/**
 * A refusal as facts: status, whether the body says the same status, type, param, and the words of the message that are
 * looked for (never the whole message: workers wrap it, and paths are hidden).
 */
export function refusal(reply: Reply, word: string): Facts {
  const error = errorOf(reply);
  if (error === null) return { status: reply.status, body: reply.text.slice(0, 80) };
  return {
    status: reply.status,
    type: error.type,
    param: error.param,
    codeIsStatus: error.code === reply.status,
    says: error.message.includes(word) ? word : error.message.slice(0, 160),
  };
}

/** What a refusal must look like. */
export const refused = (status: number, type: string, says: string, param: string | null = null): Facts => ({
  status,
  type,
  param,
  codeIsStatus: true,
  says,
});

/** Sum of the samples of a name whose labels fit; null when there is none. */
export function totalOf(samples: readonly Sample[], name: string, labels: Readonly<Record<string, string>> = {}) {
  const fitting = samples.filter(
    (sample) => sample.name === name && Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
  );
  return fitting.length === 0 ? null : fitting.reduce((sum, sample) => sum + sample.value, 0);
}

/** Tier of each name by the plugin: "gpu", "cpu", or "none" when it is in neither. */
export async function tiers(node: ContractNode, names: readonly string[]): Promise<Fact & readonly string[]> {
  await node.settle();
  const samples = await node.samples();
  return names.map(
    (name) =>
      samples.find(({ name: series, labels }) => series === "switchyard_lora_residency" && labels.lora_name === name)
        ?.labels.tier ?? "none",
  );
}

export type PluginCounts = { evictions: Record<"gpu" | "cpu", number>; swaps: Record<"gpu" | "cpu" | "disk", number> };

/** The plugin's counters in an exposition; 0 where it is absent. */
export function pluginCounts(samples: readonly Sample[]): PluginCounts {
  const evictions = (tier: string) => totalOf(samples, "switchyard_lora_evictions_total", { tier }) ?? 0;
  const swaps = (source: string) => totalOf(samples, "switchyard_lora_swaps_total", { source }) ?? 0;
  return {
    evictions: { gpu: evictions("gpu"), cpu: evictions("cpu") },
    swaps: { gpu: swaps("gpu"), cpu: swaps("cpu"), disk: swaps("disk") },
  };
}

/** What the plugin counted during `work`. */
export async function counted(node: ContractNode, work: () => Promise<unknown>): Promise<Facts> {
  await node.settle();
  const before = pluginCounts(await node.samples());
  await work();
  await node.settle();
  const after = pluginCounts(await node.samples());
  return {
    evictedFromGpu: after.evictions.gpu - before.evictions.gpu,
    evictedFromCpu: after.evictions.cpu - before.evictions.cpu,
    fromGpu: after.swaps.gpu - before.swaps.gpu,
    fromCpu: after.swaps.cpu - before.swaps.cpu,
    fromDisk: after.swaps.disk - before.swaps.disk,
  };
}
