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
import type { JsonSchema } from "./eval-case.ts";
import { toNode } from "./parse-arguments.ts";
import {
  admitsType,
  allowsExtraKeys,
  extraKeySchema,
  itemSchema,
  propertiesOf,
  requiredOf,
  schemaFor,
  typesOf,
} from "./tool-schema.ts";

/**
 * Where arguments break the schema of their tool, as `path: rule`. Covers the keywords that generated and imported
 * suites use (type, enum, required, additionalProperties, minimum, maximum); it is no general validator.
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
  if (isNumberNode(node)) found.push(...numberViolations(node.lexeme, schema).map((rule) => `${path}: ${rule}`));
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
  if (typeof schema.minimum === "number" && Number(lexeme) < schema.minimum) found.push("minimum");
  if (typeof schema.maximum === "number" && Number(lexeme) > schema.maximum) found.push("maximum");
  return found;
}
