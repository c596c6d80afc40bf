import type { JsonSchema } from "../eval-case.ts";
import {
  type ArgumentNode,
  childPath,
  isArrayNode,
  isNumberNode,
  isObjectNode,
  printNode,
  typeOfNode,
} from "./argument-node.ts";
import { canonicalDecimal } from "./decimal.ts";
import { toNode } from "./parse-arguments.ts";
import { parsePattern } from "./pattern.ts";
import {
  admitsType,
  allowsExtraKeys,
  extraKeySchema,
  isSet,
  itemSchema,
  propertiesOf,
  requiredOf,
  schemaFor,
  typesOf,
} from "./tool-schema.ts";

/**
 * Where arguments break the schema of their tool, as `path: rule`. Covers the keywords that tools may use here
 * (`tools/tool-rules.ts`); of alternatives the one that `schemaFor` chooses counts. `format` is taken for a remark.
 */
export function findViolations(
  node: ArgumentNode,
  declared: JsonSchema,
  root: JsonSchema = declared,
  path = "$",
): string[] {
  const schema = schemaFor(node, declared, root);
  if (!admitsType(schema, typeOfNode(node))) return [`${path}: type`];
  const found: string[] = [];
  const choices = schema.enum;
  if (Array.isArray(choices) && !choices.some((choice) => printNode(toNode(choice)) === printNode(node)))
    found.push(`${path}: enum`);
  if (schema.const !== undefined && printNode(toNode(schema.const)) !== printNode(node)) found.push(`${path}: const`);
  if (typeof node === "string") found.push(...textViolations(node, schema).map((rule) => `${path}: ${rule}`));
  if (isNumberNode(node)) found.push(...numberViolations(node.lexeme, schema).map((rule) => `${path}: ${rule}`));
  if (isArrayNode(node)) found.push(...listViolations(node, schema).map((rule) => `${path}: ${rule}`));
  if (isArrayNode(node))
    found.push(
      ...node.flatMap((item, index) => findViolations(item, itemSchema(schema, index), root, childPath(path, index))),
    );
  if (isObjectNode(node)) {
    const properties = propertiesOf(schema);
    for (const key of requiredOf(schema)) if (!node.has(key)) found.push(`${childPath(path, key)}: required`);
    for (const [key, value] of node) {
      const property = Object.hasOwn(properties, key) ? properties[key] : undefined;
      if (property === undefined && !allowsExtraKeys(schema))
        found.push(`${childPath(path, key)}: additionalProperties`);
      else found.push(...findViolations(value, property ?? extraKeySchema(schema), root, childPath(path, key)));
    }
  }
  return found;
}

function numberViolations(lexeme: string, schema: JsonSchema): string[] {
  const found: string[] = [];
  const types = typesOf(schema);
  if (types.includes("integer") && !types.includes("number") && /e-/.test(canonicalDecimal(lexeme)))
    found.push("integer");
  const value = Number(lexeme);
  if (typeof schema.exclusiveMinimum === "number" && value <= schema.exclusiveMinimum) found.push("exclusiveMinimum");
  if (typeof schema.exclusiveMaximum === "number" && value >= schema.exclusiveMaximum) found.push("exclusiveMaximum");
  if (typeof schema.multipleOf === "number" && !isMultiple(value, schema.multipleOf)) found.push("multipleOf");
  if (typeof schema.minimum === "number" && Number(lexeme) < schema.minimum) found.push("minimum");
  if (typeof schema.maximum === "number" && Number(lexeme) > schema.maximum) found.push("maximum");
  return found;
}

/** 0.3 is a multiple of 0.1, although not for doubles. */
const isMultiple = (value: number, of: number): boolean =>
  of > 0 && Math.abs(value / of - Math.round(value / of)) < 1e-9 * Math.max(1, Math.abs(value / of));

function textViolations(text: string, schema: JsonSchema): string[] {
  const found: string[] = [];
  const length = [...text].length;
  if (typeof schema.minLength === "number" && length < schema.minLength) found.push("minLength");
  if (typeof schema.maxLength === "number" && length > schema.maxLength) found.push("maxLength");
  // one that could hang is not tried
  if (typeof schema.pattern === "string" && parsePattern(schema.pattern).ok && !new RegExp(schema.pattern).test(text))
    found.push("pattern");
  return found;
}

function listViolations(items: readonly ArgumentNode[], schema: JsonSchema): string[] {
  const found: string[] = [];
  if (typeof schema.minItems === "number" && items.length < schema.minItems) found.push("minItems");
  if (typeof schema.maxItems === "number" && items.length > schema.maxItems) found.push("maxItems");
  if (isSet(schema) && new Set(items.map(printNode)).size < items.length) found.push("uniqueItems");
  return found;
}
