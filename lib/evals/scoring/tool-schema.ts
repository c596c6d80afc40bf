import type { JsonSchema } from "../eval-case.ts";
import { type ArgumentNode, isObjectNode, type JsonType, printNode, typeOfNode } from "./argument-node.ts";
import { toNode } from "./parse-arguments.ts";

/** Tool schemas come from tenants: one value's references and combinations are followed this far and no further. */
const resolveStepsMax = 256;

export function isSchema(value: unknown): value is JsonSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A keyword of the schema itself, never something inherited such as `constructor`. */
function keyword(schema: JsonSchema, name: string): unknown {
  return Object.hasOwn(schema, name) ? schema[name] : undefined;
}

function schemaList(value: unknown): JsonSchema[] {
  return Array.isArray(value) ? value.filter(isSchema) : [];
}

/** What `#/$defs/x` names inside the same tool; null for any other reference, and for one that leads nowhere. */
export function followReference(reference: string, root: JsonSchema): JsonSchema | null {
  if (!reference.startsWith("#/")) return null;
  let target: unknown = root;
  for (const part of reference.slice(2).split("/")) {
    const name = part.replaceAll("~1", "/").replaceAll("~0", "~");
    target = isSchema(target) ? keyword(target, name) : undefined;
  }
  return isSchema(target) ? target : null;
}

export function mergeSchemas(base: JsonSchema, extra: JsonSchema): JsonSchema {
  const properties = { ...propertiesOf(base), ...propertiesOf(extra) };
  const required = [...requiredOf(base), ...requiredOf(extra)];
  const merged: JsonSchema = { ...base, ...extra };
  if (Object.keys(properties).length > 0) merged.properties = properties;
  if (required.length > 0) merged.required = required;
  return merged;
}

/**
 * The schema that speaks about `node`: local references followed, `allOf` merged, and of `anyOf` / `oneOf` the first
 * branch that admits the node's type, its constants and its required keys. For a missing value (`undefined`) no branch
 * is chosen, so only a default that holds for all of them is seen.
 */
export function schemaFor(node: ArgumentNode | undefined, schema: JsonSchema, root: JsonSchema): JsonSchema {
  return resolve(node, schema, root, { left: resolveStepsMax });
}

/** Most are not, and are what they say. */
const isCombined = (schema: JsonSchema): boolean =>
  "$ref" in schema || "allOf" in schema || "anyOf" in schema || "oneOf" in schema;

function resolve(
  node: ArgumentNode | undefined,
  schema: JsonSchema,
  root: JsonSchema,
  budget: { left: number },
): JsonSchema {
  if (budget.left <= 0) return {};
  budget.left -= 1;
  if (!isCombined(schema)) return schema;
  const { $ref, allOf, anyOf, oneOf, ...own } = schema;
  let result: JsonSchema = own;
  const parts = [...(typeof $ref === "string" ? [followReference($ref, root) ?? {}] : []), ...schemaList(allOf)];
  for (const part of parts) result = mergeSchemas(result, resolve(node, part, root, budget));
  const branches = [...schemaList(anyOf), ...schemaList(oneOf)].map((branch) => resolve(node, branch, root, budget));
  const fitting = node === undefined ? undefined : branches.find((branch) => admits(branch, node));
  if (fitting !== undefined) result = mergeSchemas(result, fitting);
  if (branches.some(isNullable)) result = { ...result, nullable: true };
  return result;
}

function admits(schema: JsonSchema, node: ArgumentNode): boolean {
  if (!admitsType(schema, typeOfNode(node)) || !admitsConstant(schema, node)) return false;
  if (!isObjectNode(node)) return true;
  if (!requiredOf(schema).every((key) => node.has(key))) return false;
  return Object.entries(propertiesOf(schema)).every(([key, property]) => {
    const value = node.get(key);
    return value === undefined || (admitsType(property, typeOfNode(value)) && admitsConstant(property, value));
  });
}

function admitsConstant(schema: JsonSchema, node: ArgumentNode): boolean {
  const constant = keyword(schema, "const");
  const choices = keyword(schema, "enum");
  const text = printNode(node);
  if (constant !== undefined && printNode(toNode(constant)) !== text) return false;
  return !Array.isArray(choices) || choices.some((choice) => printNode(toNode(choice)) === text);
}

/** The declared types; empty when the schema declares none. */
export function typesOf(schema: JsonSchema): string[] {
  const type = keyword(schema, "type");
  if (typeof type === "string") return [type];
  return Array.isArray(type) ? type.filter((name) => typeof name === "string") : [];
}

export function admitsType(schema: JsonSchema, type: JsonType): boolean {
  const types = typesOf(schema);
  if (types.length === 0 || types.includes(type)) return true;
  return (type === "number" && types.includes("integer")) || (type === "null" && keyword(schema, "nullable") === true);
}

/** Says "nullable" in so many words: `type: [.., "null"]`, OpenAPI's `nullable`, a null constant (resolved schemas only). */
export function isNullable(schema: JsonSchema): boolean {
  if (typesOf(schema).includes("null") || keyword(schema, "nullable") === true) return true;
  if (Object.hasOwn(schema, "const") && schema.const === null) return true;
  const choices = keyword(schema, "enum");
  return Array.isArray(choices) && choices.includes(null);
}

export function propertiesOf(schema: JsonSchema): Record<string, JsonSchema> {
  const properties = keyword(schema, "properties");
  if (!isSchema(properties)) return {};
  return Object.fromEntries(
    Object.entries(properties).filter((entry): entry is [string, JsonSchema] => isSchema(entry[1])),
  );
}

export function requiredOf(schema: JsonSchema): string[] {
  const required = keyword(schema, "required");
  return Array.isArray(required) ? required.filter((key) => typeof key === "string") : [];
}

export function hasDefault(schema: JsonSchema): boolean {
  return Object.hasOwn(schema, "default") && schema.default !== undefined;
}

/** JSON Schema's own default: a key nobody declared is allowed unless `additionalProperties` is false. */
export function allowsExtraKeys(schema: JsonSchema): boolean {
  return keyword(schema, "additionalProperties") !== false;
}

export function extraKeySchema(schema: JsonSchema): JsonSchema {
  const extra = keyword(schema, "additionalProperties");
  return isSchema(extra) ? extra : {};
}

export function isSet(schema: JsonSchema): boolean {
  return keyword(schema, "uniqueItems") === true;
}

export function itemSchema(schema: JsonSchema, index: number): JsonSchema {
  const fixed = keyword(schema, "prefixItems");
  const own: unknown = Array.isArray(fixed) ? fixed[index] : undefined;
  if (isSchema(own)) return own;
  const items = keyword(schema, "items");
  return isSchema(items) ? items : {};
}
