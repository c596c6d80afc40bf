import * as z from "zod";
import { AppError } from "#lib/platform/errors.ts";
import type { Outbound, OutboundReply } from "#lib/platform/outbound.ts";
import type { RunConditions } from "../conditions/run-conditions.ts";
import type { EvalCase } from "../eval-case.ts";
import { parseReply } from "../scoring/score-stored.ts";

/** Who is asked: one version, or the base model, and where the run demands it, one node. */
export type Respondent = {
  tenantId: string;
  /** What it is asked for as: the adapter's slug, or the base model. */
  model: string;
  /** What nodes know it by. */
  servedAs: string;
  /** null = the base model. */
  versionId: string | null;
  node: { id: string; name: string } | null;
  /** Names of standalone nodes: they answer only when pinned. */
  standaloneNames: ReadonlySet<string>;
};
export type Question = {
  /** What `promptText` makes of the case. */
  prompt: string;
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
  /** The same question asked again would get the same answer. */
  isFinal: boolean;
  /** How long nothing is to be sent, as ordered by the server. */
  retryAfterMs: number | null;
};
/** `reply`: what the text says as JSON; undefined = it is none. */
export type GatewayAnswer = { ok: true; text: string; reply: unknown; nodeName: string | null } | Failure;

export type GatewayLine = {
  outbound: Outbound;
  url: string;
  apiKey: string;
  /** The header that names the tenant: a setting. */
  tenantHeader: string;
  timeoutMs: number;
};

export const replyMaxBytes = 1_000_000;
/** Not yet known there (a fresh key or version), busy, or without a node for the moment. */
const passingStatuses = new Set([401, 404, 408, 425, 429, 502, 503, 504]);
export const busyStatuses = new Set([408, 429, 503, 504]);
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
      body: chatBody(respondent.model, question),
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
    return failure(`status ${status}: ${reasonOf(reply.body)}`, {
      isPassing: passingStatuses.has(status),
      isBusy: busyStatuses.has(status),
      retryAfterMs: retryAfterMs(reply.headers["retry-after"]),
    });
  // a NUL that is not escaped is no JSON, and no text that Postgres keeps
  const text = reply.body.replaceAll("\0", "\ufffd");
  const parsed = parseReply(text);
  const wrong = findImpostor(reply.headers, parsed, respondent);
  if (wrong !== null) return failure(wrong, { isPassing: true });
  return { ok: true, text, reply: parsed, nodeName: reply.headers["x-switchyard-served-by"] ?? null };
}

const headersFor = (
  { apiKey, tenantHeader }: GatewayLine,
  { tenantId, versionId, node }: Respondent,
): Record<string, string> => ({
  authorization: `Bearer ${apiKey}`,
  "content-type": "application/json",
  [tenantHeader]: tenantId,
  "x-switchyard-kind": "eval",
  ...(versionId === null ? {} : { "x-switchyard-pin-version": versionId }),
  ...(node === null ? {} : { "x-switchyard-pin-node": node.id }),
});

/** The part of a request that is the case's, as members of a JSON object: the same for every side and mode. */
export const promptText = ({ messages, tools }: Pick<EvalCase, "messages" | "tools">): string =>
  JSON.stringify({ messages, ...(tools.length === 0 ? {} : { tools, tool_choice: "auto" }) }).slice(1, -1);

/** A chat completion's request, as JSON. */
export function chatBody(model: string, { prompt, sampling, seed }: Question): string {
  const rest = JSON.stringify({
    temperature: sampling.temperature,
    top_p: sampling.topP,
    max_tokens: sampling.maxTokens,
    ...(seed === null ? {} : { seed }),
    stream: false,
  });
  return `{"model":${JSON.stringify(model)},${prompt},${rest.slice(1)}`;
}

/** Why a reply is not that of who was asked, or null when it is. */
function findImpostor(headers: OutboundReply["headers"], reply: unknown, asked: Respondent): string | null {
  const versionId = headers["x-switchyard-version-id"] ?? null;
  const via = headers["x-switchyard-via"] ?? null;
  const servedBy = headers["x-switchyard-served-by"] ?? null;
  if (versionId !== asked.versionId) return `answered by version ${versionId ?? "unknown"}, not by the one asked`;
  if (asked.versionId === null && via !== "base_model")
    return `answered via ${via ?? "unknown"}, not by the base model`;
  if (asked.versionId !== null && via !== null && substitutes.has(via))
    return `answered via ${via} instead of the version asked`;
  if (asked.node !== null && servedBy !== asked.node.name)
    return `answered by node ${servedBy ?? "unknown"}, not by ${asked.node.name}`;
  if (asked.node === null && servedBy !== null && asked.standaloneNames.has(servedBy))
    return `answered by the standalone node ${servedBy}, which serves no customers`;
  const model = modelOf(reply);
  if (model !== null && model !== asked.servedAs && model !== asked.model)
    return `the reply names the model ${model.slice(0, 120)}, not the one asked`;
  return null;
}

function modelOf(reply: unknown): string | null {
  const hasModel = typeof reply === "object" && reply !== null && "model" in reply;
  return hasModel && typeof reply.model === "string" ? reply.model : null;
}

/** No answer: nothing is meant by it but what `what` says. */
export const failure = (message: string, what: Partial<Failure>): Failure => ({
  isPassing: false,
  isBusy: false,
  isFinal: false,
  retryAfterMs: null,
  ...what,
  ok: false,
  message,
});

/** Long enough for everything that vLLM says; a page of HTML is cut. */
const REASON_MAX = 2_000;

/** What a refusal says: the `message` of an OpenAI error, in full, else the text itself. */
export function reasonOf(body: string): string {
  const error = z.object({ error: z.object({ message: z.string() }) }).safeParse(parseReply(body));
  const text = error.success ? error.data.error.message : body;
  return text.replaceAll(/\s+/g, " ").trim().slice(0, REASON_MAX);
}

/** Seconds, as HTTP has it; a date is not worth reading here. */
export function retryAfterMs(header: string | undefined): number | null {
  const seconds = Number(header);
  return header !== undefined && Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : null;
}
