import { hashPair, hashText } from "../hash.ts";

/** An OpenAI function tool, as it came with the request. */
export type Tool = { function: { name: string; parameters?: Record<string, unknown> | null } };

type Schema = Record<string, unknown>;
const MAX_DEPTH = 6;
const WORDS = ["standard", "north", "priority", "A1042", "monthly", "primary", "express", "weekly"] as const;

/** A call of one of `tools` whose arguments satisfy its JSON Schema; null when there is no tool. `choice` decides which. */
export function validCall(tools: readonly Tool[], choice: number): { name: string; arguments: string } | null {
  const tool = tools[choice % Math.max(1, tools.length)];
  if (!tool) return null;
  const root = tool.function.parameters ?? {};
  const value = validValue(root, root, choice, 0);
  return { name: tool.function.name, arguments: JSON.stringify(isSchema(value) ? value : {}) };
}

const isSchema = (value: unknown): value is Schema =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const numberOr = (value: unknown, fallback: number): number => (typeof value === "number" ? value : fallback);

/** Follows a local `$ref`, and the first branch of a choice. */
function resolve(schema: unknown, root: Schema): Schema {
  if (!isSchema(schema)) return {};
  if (typeof schema.$ref === "string") {
    const path = schema.$ref.replace(/^#\/?/, "").split("/").filter(Boolean);
    const target = path.reduce<unknown>((at, key) => (isSchema(at) ? at[key] : undefined), root);
    return isSchema(target) ? target : {};
  }
  const branch = [schema.anyOf, schema.oneOf, schema.allOf].find((list) => Array.isArray(list) && list.length > 0);
  return Array.isArray(branch) && isSchema(branch[0]) ? { ...schema, ...branch[0] } : schema;
}

function validValue(given: unknown, root: Schema, choice: number, depth: number): unknown {
  const schema = resolve(given, root);
  if ("const" in schema) return schema.const;
  if (Array.isArray(schema.enum) && schema.enum.length > 0) return schema.enum[choice % schema.enum.length];
  if ("default" in schema) return schema.default;
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  switch (type) {
    case "integer":
      return Math.ceil(inRange(schema, choice));
    case "number":
      return inRange(schema, choice);
    case "boolean":
      return choice % 2 === 0;
    case "null":
      return null;
    case "array":
      return depth >= MAX_DEPTH ? [] : validArray(schema, root, choice, depth);
    case "string":
      return validString(schema, choice);
    default:
      return depth >= MAX_DEPTH ? {} : validObject(schema, root, choice, depth);
  }
}

function inRange(schema: Schema, choice: number): number {
  const low = numberOr(schema.minimum, numberOr(schema.exclusiveMinimum, 0) + 1);
  const high = numberOr(schema.maximum, numberOr(schema.exclusiveMaximum, low + 9));
  const step = numberOr(schema.multipleOf, 1);
  const value = Math.ceil(low / step) * step + (choice % 5) * step;
  return value <= high ? value : Math.ceil(low / step) * step;
}

function validArray(schema: Schema, root: Schema, choice: number, depth: number): unknown[] {
  const length = Math.max(1, numberOr(schema.minItems, 1));
  return Array.from({ length }, (_, at) => validValue(schema.items ?? {}, root, hashPair(choice, at), depth + 1));
}

/** Required properties only. */
function validObject(schema: Schema, root: Schema, choice: number, depth: number): Schema {
  const properties = isSchema(schema.properties) ? schema.properties : {};
  const required = Array.isArray(schema.required) ? schema.required.filter((key) => typeof key === "string") : [];
  return Object.fromEntries(
    required.map((key) => [key, validValue(properties[key] ?? {}, root, hashPair(choice, hashText(key)), depth + 1)]),
  );
}

function validString(schema: Schema, choice: number): string {
  const day = String((choice % 28) + 1).padStart(2, "0");
  switch (schema.format) {
    case "date":
      return `2026-11-${day}`;
    case "date-time":
      return `2026-11-${day}T09:30:00Z`;
    case "time":
      return "09:30:00Z";
    case "email":
      return "someone@example.com";
    case "uri":
      return "https://example.com/";
    case "uuid":
      return "0b5ed57e-7a34-4c2e-9a55-0f6f8f0c1d2a";
    default: {
      const word = WORDS[choice % WORDS.length] ?? "standard";
      const padded = word.padEnd(numberOr(schema.minLength, 0), "a");
      return padded.slice(0, numberOr(schema.maxLength, padded.length));
    }
  }
}
