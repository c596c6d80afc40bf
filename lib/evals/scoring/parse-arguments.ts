import { isLosslessNumber, parse } from "lossless-json";
import { type ArgumentNode, childPath } from "./argument-node.ts";

/** vLLM's own parsers give up long before; a deeper or longer text is a broken reply, not a tool call. */
const depthMax = 64;
const lengthMax = 262_144;

export type ParsedArguments =
  | { ok: true; node: ArgumentNode }
  | { ok: false; kind: "parse_error" | "duplicate_key"; message: string };

const refused = (kind: "parse_error" | "duplicate_key", message: string): ParsedArguments => ({
  ok: false,
  kind,
  message,
});

/**
 * Reads the `arguments` text of one tool call strictly (RFC 8259): no NaN, trailing comma or single quote, no key
 * twice in one object (even with the same value, and also when two spellings are one key after NFC), no lone surrogate.
 */
export function parseArguments(text: string): ParsedArguments {
  if (text.length > lengthMax) return refused("parse_error", `arguments are longer than ${lengthMax} characters`);
  if (deepestNesting(text) > depthMax)
    return refused("parse_error", `arguments are nested deeper than ${depthMax} levels`);
  let value: unknown;
  try {
    value = parse(text, null, { onDuplicateKey: ({ newValue }) => newValue });
  } catch (error) {
    if (error instanceof SyntaxError) return refused("parse_error", error.message);
    throw error;
  }
  const twice = findDuplicateKey(text);
  if (twice !== null) return refused("duplicate_key", `key ${JSON.stringify(twice)} appears twice in one object`);
  const broken = findLoneSurrogate(value, "$");
  if (broken !== null) return refused("parse_error", `lone surrogate at ${broken}`);
  return { ok: true, node: toNode(value) };
}

/** From plain JavaScript values (a schema's default) or lossless-json's (parsed text). */
export function toNode(value: unknown): ArgumentNode {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (isLosslessNumber(value)) return { lexeme: value.value, exact: false };
  if (typeof value === "bigint") return { lexeme: value.toString(), exact: false };
  if (typeof value === "number" && Number.isFinite(value)) return { lexeme: JSON.stringify(value), exact: false };
  if (Array.isArray(value)) return value.map(toNode);
  if (typeof value === "object") return new Map(Object.entries(value).map(([key, child]) => [key, toNode(child)]));
  throw new TypeError(`not a JSON value: ${typeof value}`);
}

/** Counted before parsing, on any text, because the parser recurses. */
function deepestNesting(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (char === '"') at = endOfString(text, at);
    else if (char === "{" || char === "[") {
      depth += 1;
      deepest = Math.max(deepest, depth);
    } else if (char === "}" || char === "]") depth -= 1;
  }
  return deepest;
}

/** lossless-json reports a repeated key only when the values differ. Expects text that it has accepted. */
function findDuplicateKey(text: string): string | null {
  const seen: Set<string>[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (char === "{" || char === "[") seen.push(new Set());
    else if (char === "}" || char === "]") seen.pop();
    else if (char === '"') {
      const end = endOfString(text, at);
      if (isFollowedByColon(text, end + 1)) {
        const key = String(JSON.parse(text.slice(at, end + 1))).normalize("NFC");
        const keys = seen.at(-1);
        if (keys?.has(key)) return key;
        keys?.add(key);
      }
      at = end;
    }
  }
  return null;
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at;
}

function isFollowedByColon(text: string, start: number): boolean {
  let at = start;
  while (text[at] === " " || text[at] === "\n" || text[at] === "\r" || text[at] === "\t") at += 1;
  return text[at] === ":";
}

/** With the `u` flag a surrogate matches only when it has no partner. */
const loneSurrogate = /\p{Surrogate}/u;

function findLoneSurrogate(value: unknown, path: string): string | null {
  if (typeof value === "string") return loneSurrogate.test(value) ? path : null;
  if (typeof value !== "object" || value === null || isLosslessNumber(value)) return null;
  const entries: [string | number, unknown][] = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  for (const [key, child] of entries) {
    if (typeof key === "string" && loneSurrogate.test(key)) return path;
    const found = findLoneSurrogate(child, childPath(path, key));
    if (found !== null) return found;
  }
  return null;
}
