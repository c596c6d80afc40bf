import { isUtf8 } from "node:buffer";
import type { Body } from "../upstream/body.ts";

/**
 * Finds the top-level "model" of a JSON body in its bytes, so that one string can be replaced and every other byte
 * reaches the node as it was sent. Not a validator: values are skipped by their outline, and the node judges them. What
 * two JSON parsers could read differently (duplicate keys, other encodings) is refused.
 */
export type Located = (Found | Absent) & Facts;
type Found = { kind: "found"; model: string; start: number; end: number };
type Absent = { kind: "absent"; insertAt: number; isEmpty: boolean };
/** What else of the body the gateway goes by. */
type Facts = {
  isStream: boolean;
  /** The most tokens it asks for: `max_tokens`, `max_completion_tokens` or `max_output_tokens`; null = it does not say. */
  maxTokens: number | null;
  /** Answers it asks for. */
  choices: number;
  /** It names `store`. */
  namesStore: boolean;
  /** It asks for a response to be kept, or for one that was; of a field named twice, either counts. */
  wantsStore: boolean;
};
export type BodyProblem =
  | "not_an_object"
  | "bad_json"
  | "invalid_utf8"
  | "too_deep"
  | "duplicate_model"
  | "model_not_a_string";
export type NotLocated = { kind: "refused"; code: BodyProblem; says: string | null };

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;

/** Names longer than this are no field of ours; decoding them would only cost. */
const MAX_KEY_BYTES = 256;
/** The body's own braces count. Parsers differ in how deep they go; no chat comes near. */
const MAX_DEPTH = 64;

class Refusal extends Error {
  constructor(
    readonly code: BodyProblem,
    readonly says: string | null = null,
  ) {
    super(code);
  }
}

const bad = (why: string) => new Refusal("bad_json", `The body is not valid JSON: ${why}.`);

/** @param body a whole request body */
export function locateModel(body: Buffer): Located | NotLocated {
  if (!isUtf8(body)) return { kind: "refused", code: "invalid_utf8", says: null };
  try {
    return scan(body);
  } catch (error) {
    if (error instanceof Refusal) return { kind: "refused", code: error.code, says: error.says };
    throw error;
  }
}

function scan(body: Buffer): Located {
  let at = skipBlanks(body, 0);
  if (body[at] !== OPEN) throw new Refusal("not_an_object");
  const insertAt = at + 1;
  let found: Found | null = null;
  const facts: Facts = { isStream: false, maxTokens: null, choices: 1, namesStore: false, wantsStore: false };
  at = skipBlanks(body, insertAt);
  const isEmpty = body[at] === CLOSE;
  while (body[at] !== CLOSE) {
    const keyEnd = skipString(body, at);
    const key = keyEnd - at <= MAX_KEY_BYTES ? decodeString(body, at, keyEnd) : "";
    at = skipBlanks(body, keyEnd);
    if (body[at] !== COLON) throw bad("a colon was expected after a name");
    const start = skipBlanks(body, at + 1);
    const end = skipValue(body, start);
    if (key === "model") {
      if (found) throw new Refusal("duplicate_model");
      if (body[start] !== QUOTE) throw new Refusal("model_not_a_string");
      found = { kind: "found", model: decodeString(body, start, end), start, end };
    } else noteFact(facts, key, body, start, end);
    at = skipBlanks(body, end);
    if (body[at] === COMMA) {
      at = skipBlanks(body, at + 1);
      if (body[at] !== QUOTE) throw bad("a name was expected after a comma");
    } else if (body[at] !== CLOSE) throw bad("a comma or the end was expected");
  }
  if (skipBlanks(body, at + 1) !== body.length) throw bad("something follows the object");
  // written out: a spread costs microseconds here
  const { isStream, maxTokens, choices, namesStore, wantsStore } = facts;
  if (found === null)
    return { kind: "absent", insertAt, isEmpty, isStream, maxTokens, choices, namesStore, wantsStore };
  const { model, start, end } = found;
  return { kind: "found", model, start, end, isStream, maxTokens, choices, namesStore, wantsStore };
}

/** Of a field that is named twice, the last counts, as in most parsers; here it only moves an estimate. */
function noteFact(facts: Facts, key: string, body: Buffer, start: number, end: number): void {
  switch (key) {
    case "stream":
      facts.isStream = body.toString("latin1", start, end) === "true";
      return;
    case "max_tokens":
    case "max_completion_tokens":
    case "max_output_tokens":
      facts.maxTokens = wholeNumber(body, start, end) ?? facts.maxTokens;
      return;
    case "n":
      facts.choices = wholeNumber(body, start, end) ?? 1;
      return;
    case "store":
      facts.namesStore = true;
      facts.wantsStore ||= !isLiteral(body, start, end, "false");
      return;
    case "background":
      facts.wantsStore ||= !isLiteral(body, start, end, "false") && !isLiteral(body, start, end, "null");
      return;
    case "previous_response_id":
    case "conversation":
      facts.wantsStore ||= !isLiteral(body, start, end, "null");
  }
}

const isLiteral = (body: Buffer, start: number, end: number, text: string): boolean =>
  end - start === text.length && body.toString("latin1", start, end) === text;

const WHOLE = /^[1-9]\d{0,8}$/;
function wholeNumber(body: Buffer, start: number, end: number): number | null {
  const text = end - start > 9 ? "" : body.toString("latin1", start, end);
  return WHOLE.test(text) ? Number(text) : null;
}

/**
 * Names the model; all other bytes stay, and are not copied.
 * @param more fields beside the model, as JSON without braces; "" = none
 */
export function spliceModel(body: Buffer, located: Located, model: string, more = ""): Body {
  const name = `${JSON.stringify(model)}${more && `,${more}`}`;
  if (located.kind === "found") return replaced(body, located.start, located.end, name);
  return replaced(body, located.insertAt, located.insertAt, `"model":${name}${located.isEmpty ? "" : ","}`);
}

const replaced = (source: Buffer, start: number, end: number, text: string): Body => ({
  source,
  start,
  end,
  text,
  bytes: source.length - (end - start) + Buffer.byteLength(text),
});

function skipBlanks(body: Buffer, from: number): number {
  let at = from;
  for (let byte = body[at]; byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09; byte = body[at]) at += 1;
  return at;
}

/** So long without a quote or an escape, and the next quote is better looked for natively. */
const PLAIN_RUN = 32;

/** Most of a body is inside strings. @returns the index after the closing quote */
function skipString(body: Buffer, from: number): number {
  if (body[from] !== QUOTE) throw bad("a quoted name was expected");
  let plain = 0;
  for (let at = from + 1; at < body.length; at += 1) {
    const byte = body[at];
    if (byte === QUOTE) return at + 1;
    if (byte === BACKSLASH) {
      at += 1;
      plain = 0;
    } else plain += 1;
    if (plain < PLAIN_RUN) continue;
    plain = 0;
    const quote = body.indexOf(QUOTE, at + 1);
    if (quote < 0) break;
    let escapes = 0;
    while (quote - 1 - escapes > at && body[quote - 1 - escapes] === BACKSLASH) escapes += 1;
    if (escapes % 2 === 0) return quote + 1;
    at = quote;
  }
  throw bad("a string has no closing quote");
}

function decodeString(body: Buffer, start: number, end: number): string {
  const raw = body.toString("utf8", start + 1, end - 1);
  if (isPlain(raw)) return raw;
  try {
    const value: unknown = JSON.parse(`"${raw}"`);
    return typeof value === "string" ? value : "";
  } catch {
    throw bad("a string holds a bare control character or an unknown escape");
  }
}
/** Without an escape, which would have to be undone, and without a bare control character, which JSON forbids. */
const isPlain = (text: string): boolean => {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH || code < 0x20) return false;
  }
  return true;
};

/** Skips a string, a nested value by its brackets, or a bare literal. */
function skipValue(body: Buffer, from: number): number {
  const first = body[from];
  if (first === QUOTE) return skipString(body, from);
  if (first === OPEN || first === OPEN_LIST) return skipNested(body, from);
  let at = from;
  for (let byte = body[at]; byte !== undefined && isLiteralByte(byte); byte = body[at]) at += 1;
  if (at === from) throw bad("a value was expected");
  return at;
}

const isLiteralByte = (byte: number): boolean =>
  (byte >= 0x30 && byte <= 0x39) ||
  (byte >= 0x61 && byte <= 0x7a) ||
  (byte >= 0x41 && byte <= 0x5a) ||
  byte === 0x2d ||
  byte === 0x2b ||
  byte === 0x2e;

/** Every bracket must be closed by its own kind, or another parser could see another outline. */
function skipNested(body: Buffer, from: number): number {
  // one bit a level: set = a list
  const lists = new Uint8Array(MAX_DEPTH);
  let depth = 0;
  for (let at = from; at < body.length; ) {
    const byte = body[at];
    if (byte === QUOTE) {
      at = skipString(body, at);
      continue;
    }
    at += 1;
    if (byte === OPEN || byte === OPEN_LIST) {
      if (depth + 1 >= MAX_DEPTH) throw new Refusal("too_deep");
      lists[depth] = byte === OPEN_LIST ? 1 : 0;
      depth += 1;
    } else if (byte === CLOSE || byte === CLOSE_LIST) {
      depth -= 1;
      if (lists[depth] !== (byte === CLOSE_LIST ? 1 : 0)) throw bad("brackets do not match");
      if (depth === 0) return at;
    }
  }
  throw bad("a bracket is never closed");
}
