import type { JsonSchema, ToolDefinition } from "../../eval-case.ts";
import { parsePattern } from "../../scoring/pattern.ts";
import {
  followReference,
  hasDefault,
  isNullable,
  isSchema,
  mergeSchemas,
  propertiesOf,
  requiredOf,
  typesOf,
} from "../../scoring/tool-schema.ts";

/** What a parameter holds, as far as its schema and its name tell. */
export type ParamKind =
  | "id"
  | "text"
  | "number"
  | "date"
  | "instant"
  | "choice"
  | "flag"
  | "email"
  | "url"
  | "list"
  | "object";

export type Param = {
  name: string;
  /** References followed, parts merged, of alternatives the first that is not null. */
  schema: JsonSchema;
  kind: ParamKind;
  isRequired: boolean;
  hasDefault: boolean;
  isNullable: boolean;
};

/** A tool as prompts are made of it. */
export type ToolView = {
  definition: ToolDefinition;
  name: string;
  /** What it does, as an order: "Cancel one order". */
  purpose: string;
  params: readonly Param[];
};

export function viewTool(definition: ToolDefinition): ToolView {
  const { name, parameters } = definition.function;
  const root = settle(parameters, parameters);
  const required = new Set(requiredOf(root));
  const params = Object.entries(propertiesOf(root)).map(([key, declared]): Param => {
    const schema = settle(declared, parameters);
    return {
      name: key,
      schema,
      kind: kindOf(key, schema),
      isRequired: required.has(key),
      hasDefault: hasDefault(schema),
      isNullable: isNullable(schema),
    };
  });
  return { definition, name, purpose: purposeOf(definition), params };
}

const branchesOf = (value: unknown): JsonSchema[] => (Array.isArray(value) ? value.filter(isSchema) : []);

/** One schema without references and alternatives. Tools with references in a circle never come here. */
export function settle(schema: JsonSchema, root: JsonSchema): JsonSchema {
  const { $ref, allOf, anyOf, oneOf, ...own } = schema;
  let result: JsonSchema = own;
  const target = typeof $ref === "string" ? followReference($ref, root) : null;
  for (const part of [...(target ? [target] : []), ...branchesOf(allOf)])
    result = mergeSchemas(settle(part, root), result);
  const branches = [...branchesOf(anyOf), ...branchesOf(oneOf)].map((branch) => settle(branch, root));
  const chosen = branches.find((branch) => branch.type !== "null") ?? branches[0];
  if (chosen) result = mergeSchemas(result, chosen);
  if (branches.some((branch) => branch.type === "null")) result = { ...result, nullable: true };
  return result;
}

/** The first type that is not null; objects and lists may go without saying so. */
export function mainType(schema: JsonSchema): string {
  const said = typesOf(schema).find((type) => type !== "null");
  if (said !== undefined) return said;
  if (isSchema(schema.properties)) return "object";
  if (isSchema(schema.items)) return "array";
  return "string";
}

function kindOf(name: string, schema: JsonSchema): ParamKind {
  if (Array.isArray(schema.enum) || schema.const !== undefined) return "choice";
  const type = mainType(schema);
  switch (type) {
    case "object":
      return "object";
    case "array":
      return "list";
    case "boolean":
      return "flag";
    case "number":
    case "integer":
      return "number";
    default:
      return textKind(name, schema);
  }
}

function textKind(name: string, { format, pattern }: JsonSchema): ParamKind {
  if (format === "date") return "date";
  if (format === "date-time") return "instant";
  if (format === "email") return "email";
  if (format === "uri" || format === "url") return "url";
  if (typeof pattern === "string" || format === "uuid") return "id";
  const words = wordsOf(name);
  const last = words.at(-1) ?? "";
  if (["id", "ids", "code", "number", "no", "ref", "reference", "key", "sku"].includes(last)) return "id";
  if (last === "email") return "email";
  if (["url", "uri", "link", "website"].includes(last)) return "url";
  if (last === "date" || last === "day" || last === "birthday") return "date";
  if (last === "at" || last === "datetime" || last === "timestamp") return "instant";
  return "text";
}

/** `customerId`, `customer_id` and `customer-id` are the same two words. */
export const wordsOf = (name: string): string[] =>
  name
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2")
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== "")
    .map((word) => word.toLowerCase());

function purposeOf({ function: { name, description } }: ToolDefinition): string {
  const [sentence = ""] = description.trim().split(/(?<=[.!?])\s|\n/);
  const text = sentence.replace(/[.!?\s]+$/, "");
  if (text !== "" && text.length <= 160) return text;
  const words = wordsOf(name).join(" ");
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}

/** Whether any text would do: no list of values, no pattern, no form. */
export const isFreeText = ({ kind, schema }: Param): boolean =>
  kind === "text" && schema.pattern === undefined && schema.format === undefined;

export const patternOf = (schema: JsonSchema) => {
  const read = typeof schema.pattern === "string" ? parsePattern(schema.pattern) : null;
  return read?.ok ? read.pattern : null;
};
