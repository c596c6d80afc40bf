import canonicalize from "canonicalize";
import type { JsonSchema, Matcher } from "../eval-case.ts";
import {
  type ArgumentNode,
  childPath,
  isArrayNode,
  isNumberNode,
  isObjectNode,
  type ObjectNode,
} from "./argument-node.ts";
import { canonicalDecimal, exactDouble } from "./decimal.ts";
import { matchText } from "./match-text.ts";
import { type ParsedArguments, parseArguments, toNode } from "./parse-arguments.ts";
import {
  admitsType,
  allowsExtraKeys,
  extraKeySchema,
  hasDefault,
  isNullable,
  isSet,
  itemSchema,
  propertiesOf,
  requiredOf,
  schemaFor,
} from "./tool-schema.ts";

/** Goes into the conditions of a run: two runs that were normalised by different rules are not compared. */
export const normaliserVersion = "2";

export type NormaliseOptions = { matchers?: Record<string, Matcher>; ignored?: readonly string[] };

export type NormalisedArguments =
  | {
      ok: true;
      /** Two of them have the same `canonicalText` exactly when the arguments are equal under the rules of this file. */
      node: ArgumentNode;
      /** Paths that were missing and took the schema's default. */
      defaulted: string[];
    }
  | Extract<ParsedArguments, { ok: false }>;

/** Stands for whatever is at an ignored place that the schema requires: it has to be there. */
const ANY_VALUE = "(any value)";

type Walk = { root: JsonSchema; options: NormaliseOptions; defaulted: string[] };
/** `path` is exact (`$.items[2].at`), `pattern` is what matchers and ignored keys name (`$.items[*].at`). */
type Place = { path: string; pattern: string };

/**
 * Brings the `arguments` text of one call into the form in which calls are compared:
 * key order and white space gone; numbers by value where the schema admits a number; NFC text; defaults of the tool's
 * schema filled in; a null that the schema makes equal to "missing" dropped; `uniqueItems` arrays as sets.
 * An absent or empty text is `{}`: vLLM's parsers drop the braces of a call without parameters (vLLM issue 10395).
 */
export function normaliseArguments(
  text: string | null | undefined,
  schema: JsonSchema = {},
  options: NormaliseOptions = {},
): NormalisedArguments {
  const parsed = parseArguments(text === null || text === undefined || text.trim() === "" ? "{}" : text);
  if (!parsed.ok) return parsed;
  const walk: Walk = { root: schema, options, defaulted: [] };
  const node = normaliseNode(parsed.node, schema, { path: "$", pattern: "$" }, walk);
  return { ok: true, node, defaulted: walk.defaulted };
}

function normaliseNode(node: ArgumentNode, declared: JsonSchema, place: Place, walk: Walk): ArgumentNode {
  if (isIgnored(place, walk)) return ANY_VALUE;
  const schema = schemaFor(node, declared, walk.root);
  if (typeof node === "string") return matchText(node.normalize("NFC"), walk.options.matchers?.[place.pattern]);
  if (isArrayNode(node)) return normaliseArray(node, schema, place, walk);
  if (isObjectNode(node)) return normaliseObject(node, schema, place, walk);
  if (isNumberNode(node)) return { lexeme: node.lexeme, exact: !admitsType(schema, "number") };
  return node;
}

function normaliseArray(items: readonly ArgumentNode[], schema: JsonSchema, place: Place, walk: Walk): ArgumentNode {
  const nodes = items.map((item, index) =>
    normaliseNode(
      item,
      itemSchema(schema, index),
      { path: childPath(place.path, index), pattern: `${place.pattern}[*]` },
      walk,
    ),
  );
  if (!isSet(schema) && walk.options.matchers?.[place.pattern] !== "set") return nodes;
  const byText = new Map(nodes.map((node) => [canonicalText(node), node]));
  return [...byText].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, node]) => node);
}

type Keys = { properties: ReadonlyMap<string, JsonSchema>; required: ReadonlySet<string> };

/** A tool's schema is the same object for every reply. */
const knownKeys = new WeakMap<JsonSchema, Keys>();

function keysOf(schema: JsonSchema): Keys {
  const known = knownKeys.get(schema);
  if (known) return known;
  const keys = {
    properties: new Map(Object.entries(propertiesOf(schema)).map(([key, value]) => [key.normalize("NFC"), value])),
    required: new Set(requiredOf(schema).map((key) => key.normalize("NFC"))),
  };
  knownKeys.set(schema, keys);
  return keys;
}

function normaliseObject(node: ObjectNode, schema: JsonSchema, place: Place, walk: Walk): ArgumentNode {
  const { properties, required } = keysOf(schema);
  const result = new Map<string, ArgumentNode>();
  for (const [rawKey, value] of node) {
    const key = rawKey.normalize("NFC");
    const property = properties.get(key);
    const at = placeOf(place, key);
    const isAllowed = property !== undefined || allowsExtraKeys(schema);
    if (isAllowed && !required.has(key) && isIgnored(at, walk)) continue;
    if (value === null && property !== undefined && !required.has(key) && isNullMissing(property, walk.root)) continue;
    // a key that the schema forbids is wrong whatever the suite says of its place
    const known = isAllowed ? at : { path: at.path, pattern: "" };
    result.set(key, normaliseNode(value, property ?? extraKeySchema(schema), known, walk));
  }
  for (const [key, property] of properties) {
    if (node.has(key) || result.has(key)) continue;
    const at = placeOf(place, key);
    const declared = schemaFor(undefined, property, walk.root);
    if (!hasDefault(declared) || isIgnored(at, walk)) continue;
    walk.defaulted.push(at.path);
    result.set(key, normaliseNode(toNode(declared.default), property, at, walk));
  }
  return result;
}

const isIgnored = ({ pattern }: Place, { options }: Walk): boolean =>
  options.matchers?.[pattern] === "ignore" || options.ignored?.includes(pattern) === true;

const placeOf = (place: Place, key: string): Place => ({
  path: childPath(place.path, key),
  pattern: childPath(place.pattern, key),
});

/** null equals missing only where the schema is nullable and gives no default (and the key is not required). */
function isNullMissing(property: JsonSchema, root: JsonSchema): boolean {
  const schema = schemaFor(undefined, property, root);
  return isNullable(schema) && !hasDefault(schema);
}

/**
 * RFC 8785 text of a node. A number that a double cannot hold is written as a string behind an escape character, and a
 * string that begins with that character gets it twice, so different values never share a text.
 */
export function canonicalText(node: ArgumentNode): string {
  const text = canonicalize(toCanonicalValue(node));
  if (text === undefined) throw new TypeError("a JSON value has a canonical text");
  return text;
}

const mark = "\u0001";

function toCanonicalValue(node: ArgumentNode): unknown {
  if (typeof node === "string") return node.startsWith(mark) ? mark + node : node;
  if (node === null || typeof node === "boolean") return node;
  if (isArrayNode(node)) return node.map(toCanonicalValue);
  if (isObjectNode(node)) {
    const object: Record<string, unknown> = Object.create(null);
    for (const [key, value] of node) object[key] = toCanonicalValue(value);
    return object;
  }
  if (node.exact) return `${mark}written:${node.lexeme}`;
  return exactDouble(node.lexeme) ?? `${mark}decimal:${canonicalDecimal(node.lexeme)}`;
}
