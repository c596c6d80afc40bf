/**
 * Finds the top-level "model" of a JSON body in its bytes, so that one string can be replaced and every other byte
 * reaches the node as it was sent. Not a validator: values are skipped by their outline, and the node judges them. What
 * two JSON parsers could read differently (duplicate keys, other encodings) is refused.
 */
export type Located =
  | { kind: "found"; model: string; start: number; end: number; isStream: boolean }
  | { kind: "absent"; insertAt: number; isEmpty: boolean; isStream: boolean }
  | { kind: "refused"; code: BodyProblem; message: string };
export type BodyProblem = "not_an_object" | "bad_json" | "duplicate_model" | "model_not_a_string";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;

/** Names longer than this are no model of ours; decoding them would only cost. */
const MAX_KEY_BYTES = 256;

class Refusal extends Error {
  constructor(
    readonly code: BodyProblem,
    message: string,
  ) {
    super(message);
  }
}

const bad = (message: string) => new Refusal("bad_json", message);

/** @param body a whole request body, UTF-8 */
export function locateModel(body: Uint8Array): Located {
  try {
    return scan(body);
  } catch (error) {
    if (error instanceof Refusal) return { kind: "refused", code: error.code, message: error.message };
    throw error;
  }
}

function scan(body: Uint8Array): Located {
  let at = skipBlanks(body, 0);
  if (body[at] !== OPEN) throw new Refusal("not_an_object", "The body must be a JSON object.");
  const insertAt = at + 1;
  let model: { model: string; start: number; end: number } | null = null;
  let isStream = false;
  at = skipBlanks(body, insertAt);
  const isEmpty = body[at] === CLOSE;
  while (body[at] !== CLOSE) {
    const keyEnd = skipString(body, at);
    const key = keyEnd - at <= MAX_KEY_BYTES ? decodeString(body, at, keyEnd) : "";
    at = skipBlanks(body, keyEnd);
    if (body[at] !== COLON) throw bad("A colon was expected after a name.");
    const start = skipBlanks(body, at + 1);
    const end = skipValue(body, start);
    if (key === "model") {
      if (model) throw new Refusal("duplicate_model", 'The body holds "model" twice.');
      if (body[start] !== QUOTE) throw new Refusal("model_not_a_string", '"model" must be a string.');
      model = { model: decodeString(body, start, end), start, end };
    }
    if (key === "stream") isStream = isTrue(body, start, end);
    at = skipBlanks(body, end);
    if (body[at] === COMMA) {
      at = skipBlanks(body, at + 1);
      if (body[at] !== QUOTE) throw bad("A name was expected after a comma.");
    } else if (body[at] !== CLOSE) throw bad("A comma or the end of the object was expected.");
  }
  if (skipBlanks(body, at + 1) !== body.length) throw bad("Something follows the object.");
  return model ? { kind: "found", ...model, isStream } : { kind: "absent", insertAt, isEmpty, isStream };
}

/** Names the model; all other bytes stay. */
export function spliceModel(body: Buffer, located: Exclude<Located, { kind: "refused" }>, model: string): Buffer {
  const name = JSON.stringify(model);
  if (located.kind === "found")
    return Buffer.concat([body.subarray(0, located.start), Buffer.from(name), body.subarray(located.end)]);
  const inserted = Buffer.from(`"model":${name}${located.isEmpty ? "" : ","}`);
  return Buffer.concat([body.subarray(0, located.insertAt), inserted, body.subarray(located.insertAt)]);
}

function skipBlanks(body: Uint8Array, from: number): number {
  let at = from;
  for (let byte = body[at]; byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09; byte = body[at]) at += 1;
  return at;
}

/** @returns the index after the closing quote */
function skipString(body: Uint8Array, from: number): number {
  if (body[from] !== QUOTE) throw bad("A quoted name was expected.");
  for (let at = from + 1; at < body.length; at += 1) {
    const byte = body[at] ?? 0;
    if (byte === QUOTE) return at + 1;
    if (byte === BACKSLASH) at += 1;
    else if (byte < 0x20) throw bad("A string holds a bare control character.");
  }
  throw bad("A string has no closing quote.");
}

function decodeString(body: Uint8Array, start: number, end: number): string {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(body.subarray(start, end));
    const value: unknown = JSON.parse(text);
    return typeof value === "string" ? value : "";
  } catch (error) {
    throw error instanceof Error ? bad("A string is not valid UTF-8 or holds an unknown escape.") : error;
  }
}

/** Skips a string, a nested value by its brackets, or a bare literal. */
function skipValue(body: Uint8Array, from: number): number {
  const first = body[from];
  if (first === QUOTE) return skipString(body, from);
  if (first === OPEN || first === OPEN_LIST) return skipNested(body, from);
  let at = from;
  for (let byte = body[at]; byte !== undefined && isLiteralByte(byte); byte = body[at]) at += 1;
  if (at === from) throw bad("A value was expected.");
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
function skipNested(body: Uint8Array, from: number): number {
  const open: number[] = [];
  for (let at = from; at < body.length; ) {
    const byte = body[at];
    if (byte === QUOTE) {
      at = skipString(body, at);
      continue;
    }
    at += 1;
    if (byte === OPEN) open.push(CLOSE);
    else if (byte === OPEN_LIST) open.push(CLOSE_LIST);
    else if (byte === CLOSE || byte === CLOSE_LIST) {
      if (open.pop() !== byte) throw bad("Brackets do not match.");
      if (open.length === 0) return at;
    }
  }
  throw bad("A bracket is never closed.");
}

const isTrue = (body: Uint8Array, start: number, end: number): boolean =>
  end - start === 4 &&
  body[start] === 0x74 &&
  body[start + 1] === 0x72 &&
  body[start + 2] === 0x75 &&
  body[start + 3] === 0x65;
