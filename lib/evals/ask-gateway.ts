import { AppError } from "#lib/platform/errors.ts";
import type { Outbound, OutboundReply } from "#lib/platform/outbound.ts";
import type { ChatMessage, ToolDefinition } from "./eval-case.ts";
import type { RunConditions } from "./run-conditions.ts";

/** Who is asked: one version, and where the run demands it, one node. */
export type Respondent = {
  tenantId: string;
  adapterSlug: string;
  versionId: string;
  loraName: string;
  node: { id: string; name: string } | null;
  /** Names of standalone nodes: they answer only when pinned. */
  standaloneNames: ReadonlySet<string>;
};
export type Question = {
  messages: readonly ChatMessage[];
  tools: readonly ToolDefinition[];
  sampling: RunConditions["sampling"][string];
  seed: number | null;
};

export type Failure = {
  ok: false;
  message: string;
  /** Nobody's fault and likely over soon, so waiting is better than counting it. */
  isPassing: boolean;
  /** There was no room: fewer at a time would have been answered. */
  isBusy: boolean;
  /** How long nothing is to be sent, as ordered by the server. */
  retryAfterMs: number | null;
};
export type GatewayAnswer = { ok: true; text: string; nodeName: string | null } | Failure;

export type GatewayLine = {
  outbound: Outbound;
  url: string;
  apiKey: string;
  /** The header that names the tenant: a setting. */
  tenantHeader: string;
  timeoutMs: number;
};

const replyMaxBytes = 1_000_000;
/** Not yet known there (a fresh key or version), busy, or without a node for the moment. */
const passingStatuses = new Set([401, 404, 408, 425, 429, 502, 503, 504]);
const busyStatuses = new Set([408, 429, 503, 504]);
const substitutes = new Set(["previous_version", "base_model", "hosted_provider", "origin"]);

/**
 * Asks one version through the gateway, without streaming. An answer counts only when the gateway says that exactly the
 * version that was asked gave it, on the node that was asked.
 * @throws the signal's reason when it aborts
 */
export async function askGateway(
  line: GatewayLine,
  respondent: Respondent,
  question: Question,
  signal: AbortSignal,
): Promise<GatewayAnswer> {
  let reply: OutboundReply;
  try {
    reply = await line.outbound.request(`${line.url}/v1/chat/completions`, {
      method: "POST",
      headers: headersFor(line, respondent),
      body: bodyFor(respondent, question),
      timeoutMs: line.timeoutMs,
      maxBytes: replyMaxBytes,
      signal,
    });
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof AppError)) throw error;
    return failure(error.message, { isPassing: true });
  }
  const { status } = reply;
  if (status !== 200)
    return failure(`status ${status}: ${excerpt(reply.body)}`, {
      isPassing: passingStatuses.has(status),
      isBusy: busyStatuses.has(status),
      retryAfterMs: retryAfterMs(reply.headers["retry-after"]),
    });
  const wrong = findImpostor(reply, respondent);
  if (wrong !== null) return failure(wrong, { isPassing: true });
  return { ok: true, text: reply.body, nodeName: reply.headers["x-switchyard-served-by"] ?? null };
}

const headersFor = (
  { apiKey, tenantHeader }: GatewayLine,
  { tenantId, versionId, node }: Respondent,
): Record<string, string> => ({
  authorization: `Bearer ${apiKey}`,
  "content-type": "application/json",
  [tenantHeader]: tenantId,
  "x-switchyard-kind": "eval",
  "x-switchyard-pin-version": versionId,
  ...(node === null ? {} : { "x-switchyard-pin-node": node.id }),
});

const bodyFor = ({ adapterSlug }: Respondent, { messages, tools, sampling, seed }: Question): string =>
  JSON.stringify({
    model: adapterSlug,
    messages,
    ...(tools.length === 0 ? {} : { tools, tool_choice: "auto" }),
    temperature: sampling.temperature,
    top_p: sampling.topP,
    max_tokens: sampling.maxTokens,
    ...(seed === null ? {} : { seed }),
    stream: false,
  });

/** Why a reply is not the asked version's, or null when it is. */
function findImpostor({ headers, body }: OutboundReply, asked: Respondent): string | null {
  const versionId = headers["x-switchyard-version-id"] ?? null;
  const via = headers["x-switchyard-via"] ?? null;
  const servedBy = headers["x-switchyard-served-by"] ?? null;
  if (versionId !== asked.versionId) return `answered by version ${versionId ?? "unknown"}, not by the one asked`;
  if (via !== null && substitutes.has(via)) return `answered via ${via} instead of the version asked`;
  if (asked.node !== null && servedBy !== asked.node.name)
    return `answered by node ${servedBy ?? "unknown"}, not by ${asked.node.name}`;
  if (asked.node === null && servedBy !== null && asked.standaloneNames.has(servedBy))
    return `answered by the standalone node ${servedBy}, which serves no customers`;
  const model = modelOf(body);
  if (model !== null && model !== asked.loraName && model !== asked.adapterSlug)
    return `the reply names the model ${model.slice(0, 120)}, not the one asked`;
  return null;
}

function modelOf(body: string): string | null {
  try {
    const parsed: unknown = JSON.parse(body);
    const hasModel = typeof parsed === "object" && parsed !== null && "model" in parsed;
    return hasModel && typeof parsed.model === "string" ? parsed.model : null;
  } catch {
    return null; // the scorer says what is wrong with it
  }
}

const failure = (message: string, what: Partial<Failure>): Failure => ({
  isPassing: false,
  isBusy: false,
  retryAfterMs: null,
  ...what,
  ok: false,
  message,
});

const excerpt = (body: string): string => body.replaceAll(/\s+/g, " ").slice(0, 200);

/** Seconds, as HTTP has it; a date is not worth reading here. */
function retryAfterMs(header: string | undefined): number | null {
  const seconds = Number(header);
  return header !== undefined && Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : null;
}
