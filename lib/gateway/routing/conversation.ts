import { stableHash } from "./stable-hash.ts";

/** Where a request says which conversation it belongs to. */
export type Spoken = {
  /** Its `x-conversation-id`; null = none. */
  header: string | null;
  /** The whole body as it came. */
  body: Buffer;
};

/** Fields of a body in which clients name what belongs together, in the order in which they are believed. */
const NAMING_FIELDS = ["prompt_cache_key", "user", "safety_identifier"] as const;
const PROMPT_CHARS = 256;

/**
 * The place of a request's conversation in [0, 1). The same conversation always has the same one, so that it stays with
 * one version: by the name it gives itself, else by how it began, for a history only grows at its end. Reads the body as
 * JSON, so it is for routes that are split, not for every request.
 * @param salt makes the places of one split independent of those of another
 */
export function conversationUnit({ header, body }: Spoken, salt: string): number {
  const [kind, text] = header ? ["header", header] : conversationOf(body);
  return stableHash(salt, kind, text) / 2 ** 32;
}

function conversationOf(body: Buffer): readonly [string, string] {
  const fields = readFields(body);
  for (const name of NAMING_FIELDS) {
    const value = fields[name];
    if (typeof value === "string" && value !== "") return [name, value];
  }
  return Array.isArray(fields.messages)
    ? ["messages", JSON.stringify(opening(fields.messages))]
    : ["prompt", JSON.stringify(fields.prompt ?? null).slice(0, PROMPT_CHARS)];
}

/** What is no JSON object is the node's to refuse; here it is a conversation without a name. */
function readFields(body: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body.toString());
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

/** Through the end of the first user message; all of it while there is none. */
function opening(messages: readonly unknown[]): readonly unknown[] {
  const first = messages.findIndex((message) => isRecord(message) && message.role === "user");
  return first < 0 ? messages : messages.slice(0, first + 1);
}
