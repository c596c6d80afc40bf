import { findUnparsedCall, readReply, type WireCall } from "#lib/evals/scoring/read-reply.ts";

/** What a reply calls; null = it is no whole chat completion. */
export type CallsRead = { calls: readonly WireCall[]; content: string } | null;

/** Takes the first choice of a chat completion apart, sent as one piece or as a stream of events. */
export function readCalls(text: string, isStream: boolean): CallsRead {
  if (isStream) return readStream(text);
  const reply = readReply(parseJson(text));
  return reply.ok ? { calls: reply.calls, content: reply.content } : null;
}

/** A call that the node's parser left in the text is one that nobody can read. */
export const hidesCall = (content: string, toolNames: readonly string[]): boolean =>
  toolNames.length > 0 && findUnparsedCall(content, toolNames) !== null;

type Partial = { name: string; arguments: string };

function readStream(text: string): CallsRead {
  const calls: (Partial | undefined)[] = [];
  let content = "";
  let isWhole = false;
  for (const line of text.split("\n")) {
    if (!line.startsWith("data:")) continue;
    const data = line.slice("data:".length).trim();
    if (data === "[DONE]") {
      isWhole = true;
      continue;
    }
    const delta = deltaOf(parseJson(data));
    if (delta === null) continue;
    if (typeof delta.content === "string") content += delta.content;
    for (const part of listOf(delta.tool_calls)) addPart(calls, part);
  }
  return isWhole ? { calls: calls.filter((call) => call !== undefined), content } : null;
}

/** Of the first choice; null = the event has none. */
function deltaOf(event: unknown): Record<string, unknown> | null {
  const choice = listOf(isRecord(event) ? event.choices : null)[0];
  if (!isRecord(choice) || (choice.index ?? 0) !== 0) return null;
  return isRecord(choice.delta) ? choice.delta : null;
}

const MAX_CALLS = 128;

/** A name comes once, arguments piece by piece. */
function addPart(calls: (Partial | undefined)[], part: unknown): void {
  if (!isRecord(part)) return;
  const index = typeof part.index === "number" ? part.index : calls.length;
  if (!Number.isInteger(index) || index < 0 || index >= MAX_CALLS) return;
  const called = isRecord(part.function) ? part.function : {};
  const call = calls[index] ?? { name: "", arguments: "" };
  if (typeof called.name === "string") call.name += called.name;
  if (typeof called.arguments === "string") call.arguments += called.arguments;
  calls[index] = call;
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
