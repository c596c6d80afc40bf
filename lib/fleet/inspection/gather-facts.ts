import { randomBytes } from "node:crypto";
import type { Clock } from "#lib/platform/clock.ts";
import type { Outbound } from "#lib/platform/outbound.ts";
import { seenBackend } from "#lib/vllm/engine-backend.ts";
import { engineCount, engineLimits, showsLora, type VisibleLimits } from "#lib/vllm/engine-limits.ts";
import { engineProfile } from "#lib/vllm/engine-profile.ts";
import { createNodeClient, type NodeClient, NodeError } from "#lib/vllm/node-client.ts";
import { tryDoors } from "#lib/vllm/open-doors.ts";
import { parseProcessStart } from "#lib/vllm/process-start.ts";
import type { ServerInfo } from "#lib/vllm/schema.ts";
import { baseCards, type NodeFacts, type ToolProbe } from "./node-facts.ts";
import { checkName } from "./reference-name.ts";
import { fingerprintOf, TEMPLATE_MESSAGES, TOKEN_CORPUS } from "./token-fingerprint.ts";

/** A name no node has; the answer to it must be 404. */
const NO_SUCH_MODEL = "switchyard--no-such-model";

export type NodeAddress = { baseUrl: string; apiKey: string | null };
type World = { outbound: Outbound; clock: Clock };

/**
 * Asks a node everything that an inspection judges. Nothing is loaded; what an operator may have switched off is null.
 * @throws NodeError when it is no vLLM server, cannot be reached or refuses our key
 */
export async function gatherFacts(world: World, node: NodeAddress): Promise<NodeFacts> {
  const first = createNodeClient({ ...node, outbound: world.outbound });
  // the listing first: it is what a web page or another server cannot fake
  const listing = await first.models();
  const version = await first.version().catch(ignoreRefusal);
  const client = createNodeClient({ ...node, outbound: world.outbound, engineVersion: version });
  const base = baseCards(listing.cards)[0]?.id ?? null;
  const engineHealthy = await client.health();
  const metrics = (await client.metrics().catch(ignoreRefusal)) ?? "";
  const canLoad = await client.canLoad();
  const info = await client.serverInfo().catch(nullOnError);
  const tokens = await askTokens(client, base);
  return {
    ...listing,
    version,
    engineHealthy,
    processStart: parseProcessStart(metrics),
    canLoad,
    loraEnabled: showsLora(metrics) || !canLoad ? showsLora(metrics) : await askIfLoraIsOn(client, version),
    unknownModelStatus: await statusOfUnknownModel(client),
    asksForKey: await refusesWithoutKey(world.outbound, node.baseUrl),
    visible: visibleLimits(metrics, info),
    dtype: info?.vllm_config?.model_config?.dtype?.replace(/^torch\./, "") ?? null,
    backend: seenBackend({ version, exposition: metrics, device: info?.vllm_config?.device_config?.device ?? null }),
    engines: engineCount(metrics),
    clockSkewSeconds: await clockSkew(world.clock, client),
    doors: await tryDoors(world.outbound, node.baseUrl),
    ...tokens,
    chatTemplate: (await client.tokenizerInfo().catch(nullOnError))?.chat_template ?? null,
    toolProbe: await askForTool(client, base),
  };
}

/** These may be switched off; the report then says "unknown". Anything worse is told. */
const ignoreRefusal = (error: unknown): null => {
  if (error instanceof NodeError && error.fault === "refused") return null;
  throw error;
};

/** For questions on the side: no answer of any kind is "unknown". */
const nullOnError = (error: unknown): null => {
  if (error instanceof NodeError) return null;
  throw error;
};

async function statusOfUnknownModel(client: NodeClient): Promise<number> {
  try {
    await client.completion({ model: NO_SUCH_MODEL, prompt: "hello", max_tokens: 1, temperature: 0 });
    return 200;
  } catch (error) {
    if (error instanceof NodeError && error.fault === "refused") return error.status;
    throw error;
  }
}

async function refusesWithoutKey(outbound: Outbound, baseUrl: string): Promise<boolean> {
  try {
    await createNodeClient({ baseUrl, apiKey: null, outbound }).models();
    return false;
  } catch (error) {
    if (error instanceof NodeError) return error.fault === "unauthorized";
    throw error;
  }
}

/**
 * Asks for a directory that cannot exist: an engine without LoRA says so before it looks for it (seen on 0.32.0), one
 * with LoRA finds nothing. Releases that accept anything are not asked.
 */
async function askIfLoraIsOn(client: NodeClient, version: string | null): Promise<boolean | null> {
  if (!engineProfile(version).validatesOnLoad) return null;
  const nonce = randomBytes(6).toString("hex");
  const adapter = { loraName: checkName(nonce), path: `/switchyard-no-such-directory/${nonce}` };
  const outcome = await client.load(adapter);
  if (outcome.kind === "accepted") await client.unload(adapter.loraName);
  if (outcome.kind !== "refused") return null;
  if (outcome.error.code === "lora_not_enabled") return false;
  return outcome.error.code === "path_not_found_on_node" ? true : null;
}

function visibleLimits(metrics: string, info: ServerInfo | null): VisibleLimits {
  const shown = engineLimits(metrics);
  const lora = info?.vllm_config?.lora_config;
  return {
    ...shown,
    maxLoras: shown.maxLoras ?? lora?.max_loras ?? null,
    maxCpuLoras: shown.maxCpuLoras ?? lora?.max_cpu_loras ?? null,
    maxLoraRank: shown.maxLoraRank ?? lora?.max_lora_rank ?? null,
  };
}

/** A `Date` header is cut to whole seconds: its middle is the best guess. */
const HALF_A_SECOND_MS = 500;

async function clockSkew(clock: Clock, client: NodeClient): Promise<number | null> {
  const before = clock.now().getTime();
  const theirs = await client.clock().catch(nullOnError);
  const middle = (before + clock.now().getTime()) / 2;
  return theirs === null ? null : (theirs.getTime() + HALF_A_SECOND_MS - middle) / 1000;
}

async function askTokens(
  client: NodeClient,
  base: string | null,
): Promise<Pick<NodeFacts, "fingerprints" | "largestTokenId">> {
  const model = base === null ? {} : { model: base };
  const ask = (body: { prompt: string } | { messages: typeof TEMPLATE_MESSAGES }) =>
    client.tokenize({ ...model, ...body }).then(({ tokens }) => tokens, nullOnError);
  const lists: number[][] = [];
  for (const prompt of TOKEN_CORPUS) {
    const tokens = await ask({ prompt });
    if (tokens === null) break;
    lists.push(tokens);
  }
  const isWhole = lists.length === TOKEN_CORPUS.length;
  const rendered = await ask({ messages: TEMPLATE_MESSAGES });
  return {
    fingerprints: {
      tokenizer: isWhole ? fingerprintOf(lists) : null,
      chatTemplate: rendered === null ? null : fingerprintOf([rendered]),
    },
    largestTokenId: isWhole ? Math.max(...lists.flat()) : null,
  };
}

const TOOL = {
  type: "function",
  function: {
    name: "get_order",
    description: "Looks an order up.",
    parameters: { type: "object", properties: { id: { type: "string" } }, required: ["id"] },
  },
};
const ANSWER_TOKENS = 64;

/** One chat request with one tool, to the base model: what its template and its parser make of it. */
async function askForTool(client: NodeClient, base: string | null): Promise<ToolProbe> {
  if (base === null) return { kind: "no_answer", message: "It serves no base model." };
  try {
    const reply = await client.chat({
      model: base,
      messages: [{ role: "user", content: "Look up order A1042 with the tool." }],
      tools: [TOOL],
      tool_choice: "auto",
      max_tokens: ANSWER_TOKENS,
      temperature: 0,
    });
    const message = reply.choices[0]?.message;
    if ((message?.tool_calls?.length ?? 0) > 0) return { kind: "called" };
    return { kind: "text", looksLikeCall: /"name"\s*:\s*"get_order"/.test(message?.content ?? "") };
  } catch (error) {
    if (!(error instanceof NodeError)) throw error;
    return error.fault === "refused"
      ? { kind: "refused", status: error.status, message: error.message }
      : { kind: "no_answer", message: error.message };
  }
}
