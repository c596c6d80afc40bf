import type { Deps } from "#lib/identity/ctx.ts";
import { AppError } from "#lib/platform/errors.ts";
import type { OutboundStream } from "#lib/platform/outbound.ts";
import type { TryEvent, TryRequest } from "../browser/try-schema.ts";
import { type AnswerReader, createAnswerReader, type Piece } from "./read-answer.ts";
import { forgetTryKey, type TryKey, tryKey } from "./try-key.ts";

/** The whole trial, from the request to the last byte. */
const TIMEOUT_MS = 60_000;
/** What is read of an answer; 1,024 tokens come to a hundredth of it. */
const MAX_BYTES = 2_000_000;
/** A new key reaches the gateway with its next snapshot, usually within 0.1 s. */
const KEY_ARRIVES_MS = 5_000;
const KEY_RETRY_MS = 150;

export type Trial = {
  deps: Deps;
  tenantId: string;
  /** The header that names the tenant to the gateway. */
  tenantHeader: string;
  ask: TryRequest;
  /** false = the headers do not say which node answered. */
  showsNodes: boolean;
};

/**
 * Sends one request through the gateway as the tenant, and tells what comes while it comes. Everything that goes wrong is
 * an event, not an exception. It ends when `signal` aborts, and the gateway's request with it.
 */
export async function* tryRequest(trial: Trial, signal: AbortSignal): AsyncGenerator<TryEvent> {
  const { clock } = trial.deps;
  const late = AbortSignal.timeout(TIMEOUT_MS);
  const either = AbortSignal.any([signal, late]);
  let startedAt = clock.now().getTime();
  const atMs = () => clock.now().getTime() - startedAt;
  try {
    const reply = await send(trial, either, () => {
      startedAt = clock.now().getTime();
    });
    yield { type: "head", status: reply.status, headers: shownHeaders(reply.headers, trial.showsNodes), atMs: atMs() };
    if (reply.status === 200) yield* streamAnswer(reply, atMs);
    else yield await refusal(reply);
  } catch (error) {
    if (signal.aborted) return;
    if (late.aborted) yield tooSlow();
    else if (error instanceof AppError && error.code === "node_unreachable") yield gatewayAway();
    else if (error instanceof AppError) yield problem(error.reason, error.message, error.fix);
    else throw error;
  }
}

/** A key that the gateway does not know yet is a matter of milliseconds; one it no longer knows was revoked. */
async function send(trial: Trial, signal: AbortSignal, onStart: () => void): Promise<OutboundStream> {
  const { deps } = trial;
  let hasRenewed = false;
  for (;;) {
    const key = await tryKey(deps);
    onStart();
    const reply = await post(trial, key, signal);
    if (reply.status !== 401) return reply;
    const isNew = deps.clock.now().getTime() - key.madeAt < KEY_ARRIVES_MS;
    if (!isNew && hasRenewed) return reply;
    await readCapped(reply.body);
    if (isNew) await deps.clock.sleep(KEY_RETRY_MS, signal);
    else {
      forgetTryKey(deps);
      hasRenewed = true;
    }
  }
}

const post = ({ deps, tenantId, tenantHeader, ask }: Trial, key: TryKey, signal: AbortSignal) =>
  deps.outbound.download(`${deps.gatewayUrl}/v1/chat/completions`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${key.text}`,
      "content-type": "application/json",
      "x-switchyard-kind": "probe",
      [tenantHeader]: tenantId,
    },
    body: JSON.stringify({
      ...(ask.model === undefined ? {} : { model: ask.model }),
      messages: ask.messages ?? [{ role: "user", content: ask.prompt }],
      ...(ask.tools === undefined || ask.tools.length === 0 ? {} : { tools: ask.tools, tool_choice: "auto" }),
      max_tokens: ask.maxTokens,
      ...(ask.stream ? { stream: true, stream_options: { include_usage: true } } : {}),
    }),
    idleMs: TIMEOUT_MS,
    signal,
  });

async function* streamAnswer(reply: OutboundStream, atMs: () => number): AsyncGenerator<TryEvent> {
  const reader = createAnswerReader(reply.headers["content-type"]?.startsWith("text/event-stream") ?? false);
  const decoder = new TextDecoder();
  let [size, chunks, ttftMs]: [number, number, number | null] = [0, 0, null];
  const toEvent = (piece: Piece): TryEvent => {
    chunks += 1;
    ttftMs ??= atMs();
    return { type: "chunk", ...piece, atMs: atMs() };
  };
  try {
    for await (const bytes of reply.body) {
      size += bytes.byteLength;
      if (size > MAX_BYTES) return yield problem("too_large", "The answer grew too large to show.", "Ask for less.");
      yield* reader.add(decoder.decode(bytes, { stream: true })).map(toEvent);
    }
  } catch (error) {
    if (!(error instanceof AppError) || atMs() >= TIMEOUT_MS) throw error;
    return yield brokeOff();
  }
  yield* reader.end().map(toEvent);
  yield ending(reader, { ttftMs, totalMs: atMs(), chunks });
}

const ending = (reader: AnswerReader, stats: { ttftMs: number | null; totalMs: number; chunks: number }): TryEvent => {
  const error = reader.error();
  return error === null
    ? { type: "end", tokens: reader.tokens(), ...stats }
    : problem("broke_off", `The answer ended with an error: ${error}`, "Try again; if it stays, look at the request.");
};

/** Why the gateway said no, in its own words. */
async function refusal(reply: OutboundStream): Promise<TryEvent> {
  const { code, message } = readError(await readCapped(reply.body));
  const wait = reply.headers["retry-after"];
  return problem(
    code ?? `status_${reply.status}`,
    message ?? `The gateway answered ${reply.status} without saying why.`,
    wait === undefined ? null : `Try again in ${wait} s.`,
  );
}

function readError(text: string): { code: string | null; message: string | null } {
  try {
    const { error } = JSON.parse(text);
    const said = (value: unknown) => (typeof value === "string" && value !== "" ? value : null);
    return { code: said(error?.code), message: said(error?.message) };
  } catch {
    return { code: null, message: null };
  }
}

async function readCapped(body: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const bytes of body) {
    size += bytes.byteLength;
    if (size > 64_000) break;
    parts.push(bytes);
  }
  return Buffer.concat(parts).toString("utf8");
}

const SHOWN = /^(x-request-id|x-switchyard-[a-z-]+|x-ratelimit-[a-z-]+|retry-after)$/;
/** Where it was answered, which customers are not told. */
const PLACE = new Set(["x-switchyard-served-by"]);

const shownHeaders = (headers: Record<string, string>, showsNodes: boolean) =>
  Object.entries(headers)
    .filter(([name]) => SHOWN.test(name) && (showsNodes || !PLACE.has(name)))
    .map(([name, value]) => ({ name, value }));

const problem = (code: string, detail: string, fix: string | null): TryEvent => ({
  type: "problem",
  code,
  detail,
  fix,
});
const gatewayAway = () =>
  problem("gateway_away", "The gateway does not answer.", "Start it (npm start runs it), or see the System page.");
const tooSlow = () =>
  problem("too_slow", `There was no whole answer within ${TIMEOUT_MS / 1000} s.`, "Ask for fewer tokens.");
const brokeOff = () =>
  problem("broke_off", "The answer broke off in the middle.", "Try again; if it stays, look at the request.");
