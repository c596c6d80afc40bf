import type * as z from "zod";
import { AppError } from "#lib/platform/errors.ts";
import type { Outbound, OutboundReply } from "#lib/platform/outbound.ts";
import { errorMessage } from "./errors.ts";
import { NodeError, type NodeFault } from "./node-error.ts";

/** Where a node is, and how we show ourselves. */
export type NodeAddress = {
  /** Without a slash at the end. */
  baseUrl: string;
  apiKey: string | null;
  outbound: Outbound;
};

export type Call = {
  method?: "GET" | "POST";
  body?: unknown;
  timeoutMs: number;
  maxBytes?: number;
  signal?: AbortSignal | undefined;
};

/** @throws NodeError `unreachable` or `timeout` when there is no whole reply, and the signal's reason when it aborted */
export async function exchange(options: NodeAddress, path: string, call: Call): Promise<OutboundReply> {
  const headers: Record<string, string> = { accept: "application/json, text/plain" };
  if (options.apiKey !== null) headers.authorization = `Bearer ${options.apiKey}`;
  if (call.body !== undefined) headers["content-type"] = "application/json";
  try {
    return await options.outbound.request(`${options.baseUrl}${path}`, {
      method: call.method ?? "GET",
      headers,
      timeoutMs: call.timeoutMs,
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
      ...(call.maxBytes === undefined ? {} : { maxBytes: call.maxBytes }),
      ...(call.signal ? { signal: call.signal } : {}),
    });
  } catch (error) {
    if (call.signal?.aborted) throw call.signal.reason;
    if (!(error instanceof AppError)) throw error;
    const fault: NodeFault = isTimeout(error.cause) ? "timeout" : "unreachable";
    throw new NodeError(fault, 0, `${path}: ${error.message}`, {
      cause: error,
      ...(error.fix ? { fix: error.fix } : {}),
    });
  }
}

const TIMEOUT_NAMES = new Set(["TimeoutError", "HeadersTimeoutError", "BodyTimeoutError"]);
const isTimeout = (cause: unknown): boolean => cause instanceof Error && TIMEOUT_NAMES.has(cause.name);

export const unauthorized = (reply: OutboundReply) =>
  new NodeError("unauthorized", reply.status, "The node refused our API key.", {
    fix: "Give the node's current API key.",
  });

const notVllm = (path: string, what: string, status: number) =>
  new NodeError("not_vllm", status, `${path} answered ${what}, not what a vLLM server answers.`, {
    fix: "Give the base URL of a vLLM server, without /v1, and not that of a web page or a proxy's sign-in.",
  });

/** What a proxy or a sign-in page answers in vLLM's place, whatever the status. */
export const isWebPage = (reply: OutboundReply): boolean =>
  /^\s*</.test(reply.body) || /text\/html/i.test(reply.headers["content-type"] ?? "");

/** The reply itself when it is a 200 that no web page or proxy made up. */
export function okReply(reply: OutboundReply, path: string): OutboundReply {
  if (reply.status === 401 || reply.status === 403) throw unauthorized(reply);
  if (isWebPage(reply)) throw notVllm(path, "an HTML page", reply.status);
  if (reply.status === 200) return reply;
  const message = errorMessage(reply.body);
  throw new NodeError("refused", reply.status, `${path} answered ${reply.status}${message ? `: ${message}` : "."}`);
}

export function parseReply<T extends z.ZodType>(schema: T, reply: OutboundReply, path: string): z.output<T> {
  let json: unknown;
  try {
    json = JSON.parse(reply.body);
  } catch {
    throw notVllm(path, "a reply that is not JSON", reply.status);
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues[0]?.path.join(".") ?? "";
  throw notVllm(path, `JSON of another shape (at "${where}")`, reply.status);
}
