import { AppError } from "#lib/platform/errors.ts";
import type { Outbound, OutboundReply } from "#lib/platform/outbound.ts";
import { parseReply } from "../scoring/score-stored.ts";
import {
  busyStatuses,
  chatBody,
  failure,
  type GatewayAnswer,
  type Question,
  replyMaxBytes,
  retryAfterMs,
} from "./ask-gateway.ts";

/** The customer's present deployment, as it is asked. */
export type OriginLine = {
  outbound: Outbound;
  name: string;
  /** `/chat/completions` follows it. */
  baseUrl: string;
  model: string;
  apiKey: string | null;
  timeoutMs: number;
};

/** Busy, slow, or away for the moment. A refused key or an unknown model does not pass by itself. */
const passingStatuses = new Set([408, 425, 429, 502, 503, 504]);
/** Of these the same question asked again gets the same answer. */
const isFinalStatus = (status: number): boolean => status >= 300 && status < 500 && !passingStatuses.has(status);

/**
 * Asks somebody else's server one question, without streaming. Nothing of an error's text is repeated, for it may hold the
 * key that it refuses; nor is a key kept that an answer repeats.
 * @throws the signal's reason when it aborts
 */
export async function askOrigin(line: OriginLine, question: Question, signal: AbortSignal): Promise<GatewayAnswer> {
  const { outbound, name, baseUrl, model, apiKey, timeoutMs } = line;
  let reply: OutboundReply;
  try {
    reply = await outbound.request(`${baseUrl}/chat/completions`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(apiKey === null ? {} : { authorization: `Bearer ${apiKey}` }),
      },
      body: chatBody(model, question),
      timeoutMs,
      maxBytes: replyMaxBytes,
      signal,
    });
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof AppError)) throw error;
    return failure(error.message, { isPassing: error.code === "node_unreachable" });
  }
  const { status } = reply;
  if (status !== 200)
    return failure(formatRefusal(name, model, status), {
      isPassing: passingStatuses.has(status),
      isBusy: busyStatuses.has(status),
      isFinal: isFinalStatus(status),
      retryAfterMs: retryAfterMs(reply.headers["retry-after"]),
    });
  const clean = reply.body.replaceAll("\0", "\ufffd");
  const text = apiKey === null ? clean : clean.replaceAll(apiKey, "[key]");
  return { ok: true, text, reply: parseReply(text), nodeName: null };
}

function formatRefusal(name: string, model: string, status: number): string {
  if (status === 401 || status === 403) return `${name} refuses the key (status ${status}).`;
  if (status === 404) return `${name} does not know the model ${model}, or no chats at its address (status ${status}).`;
  if (status === 429) return `${name} takes no more requests now (status ${status}).`;
  if (status >= 300 && status < 400)
    return `${name} sends us elsewhere (status ${status}); Switchyard follows no redirect.`;
  return status >= 500 ? `${name} fails (status ${status}).` : `${name} refuses the prompt (status ${status}).`;
}
