import type { FieldProblem } from "#lib/platform/errors.ts";
import type { JsonSchema, ToolDefinition } from "../../eval-case.ts";
import { parsePattern } from "../../scoring/pattern.ts";
import { followReference, isSchema, propertiesOf, requiredOf } from "../../scoring/tool-schema.ts";

export const TOOLS_MAX = 128;
const DEPTH_MAX = 12;
const SIZE_MAX = 64_000;
const PROPERTIES_MAX = 200;
const ENUM_MAX = 500;

const TYPES = new Set(["object", "array", "string", "number", "integer", "boolean", "null"]);
/** Keywords that hold one schema, a list of them, or schemas by name. */
const ONE = ["items", "additionalProperties"];
const LISTS = ["prefixItems", "anyOf", "oneOf", "allOf"];
const MAPS = ["properties", "$defs", "definitions"];
const OTHERS = [
  ...["type", "required", "enum", "const", "default", "nullable", "$ref", "$schema", "$id", "$comment"],
  ...["title", "description", "examples", "example", "format", "deprecated", "readOnly", "writeOnly"],
  ...["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"],
  ...["minLength", "maxLength", "pattern", "minItems", "maxItems", "uniqueItems", "strict"],
];
const KNOWN = new Set([...ONE, ...LISTS, ...MAPS, ...OTHERS]);
const NUMBERS = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"];
const COUNTS = ["minLength", "maxLength", "minItems", "maxItems"];

type Options = {
  /** Where the tools stand in the input, such as `tools`. */
  field: string;
  /** Keywords that we do not read are refused; false for files of others, in which they are passed over. */
  isStrict: boolean;
};
type Walk = { root: JsonSchema; isStrict: boolean; problems: FieldProblem[] };

const problem = (field: string, code: string, message: string, fix: string): FieldProblem => ({
  field,
  code,
  message,
  fix,
});

/**
 * What is wrong with a list of tools, each with its field, rule and fix. Beyond the shape: names that repeat, references
 * out of the schema or in a circle, nesting and sizes that no model reads, patterns that can hang a processor.
 */
export function checkTools(tools: readonly ToolDefinition[], options: Options): FieldProblem[] {
  const { field } = options;
  const problems: FieldProblem[] = [];
  if (tools.length > TOOLS_MAX)
    problems.push(
      problem(field, "too_many_tools", `${tools.length} tools; a request has ${TOOLS_MAX} at most.`, "Leave some out."),
    );
  const seen = new Map<string, number>();
  for (const [at, tool] of tools.slice(0, TOOLS_MAX).entries()) {
    const { name, parameters } = tool.function;
    const here = `${field}.${at}.function`;
    const first = seen.get(name);
    if (first !== undefined)
      problems.push(
        problem(`${here}.name`, "duplicate_tool", `Tools ${first + 1} and ${at + 1} are both ${name}.`, "Rename one."),
      );
    seen.set(name, first ?? at);
    if (!/^[A-Za-z0-9_.-]{1,64}$/.test(name))
      problems.push(
        problem(
          `${here}.name`,
          "bad_tool_name",
          `${JSON.stringify(name.slice(0, 80))} is not a valid tool name.`,
          "Use 1 to 64 letters, digits, _, - or dots.",
        ),
      );
    problems.push(...checkParameters(parameters, `${here}.parameters`, options.isStrict));
  }
  return problems;
}

function checkParameters(parameters: JsonSchema, field: string, isStrict: boolean): FieldProblem[] {
  const walk: Walk = { root: parameters, isStrict, problems: [] };
  checkSchema(parameters, field, 1, walk);
  if (walk.problems.length > 0) return walk.problems;
  const size = JSON.stringify(parameters).length;
  if (size > SIZE_MAX)
    return [problem(field, "schema_too_large", `${size} characters; ${SIZE_MAX} is the limit.`, "Shorten it.")];
  if (parameters.type !== undefined && parameters.type !== "object")
    return [problem(`${field}.type`, "not_an_object", "Arguments are an object.", 'Set type to "object".')];
  return [...circles(parameters, field)];
}

function checkSchema(schema: JsonSchema, field: string, depth: number, walk: Walk): void {
  const refuse = (at: string, code: string, message: string, fix: string) =>
    walk.problems.push(problem(at, code, message, fix));
  if (walk.problems.length >= 20) return;
  if (depth > DEPTH_MAX) {
    refuse(field, "schema_too_deep", `Nested deeper than ${DEPTH_MAX} levels.`, "Flatten the arguments.");
    return;
  }
  for (const key of Object.keys(schema))
    if (walk.isStrict && !KNOWN.has(key))
      refuse(`${field}.${key}`, "unknown_keyword", `${key} is not among the keywords that are read.`, "Leave it out.");
  checkOwn(schema, field, walk, refuse);
  for (const [key, inner] of childrenOf(schema))
    if (isSchema(inner)) checkSchema(inner, `${field}.${key}`, depth + 1, walk);
    else if (!(typeof inner === "boolean" && key === "additionalProperties"))
      refuse(`${field}.${key}`, "not_a_schema", "Not a schema.", "Give an object.");
}

type Refuse = (at: string, code: string, message: string, fix: string) => void;

function checkOwn(schema: JsonSchema, field: string, walk: Walk, refuse: Refuse): void {
  const { $ref, pattern, required, enum: choices } = schema;
  const types = Array.isArray(schema.type) ? schema.type : schema.type === undefined ? [] : [schema.type];
  for (const type of types)
    if (typeof type !== "string" || !TYPES.has(type))
      refuse(
        `${field}.type`,
        "unknown_type",
        `${JSON.stringify(type)} is not a type.`,
        `Use one of ${[...TYPES].join(", ")}.`,
      );
  if ($ref !== undefined) checkReference($ref, field, walk, refuse);
  if (pattern !== undefined) checkPattern(pattern, field, refuse);
  if (choices !== undefined && (!Array.isArray(choices) || choices.length === 0 || choices.length > ENUM_MAX))
    refuse(`${field}.enum`, "bad_enum", `A list of 1 to ${ENUM_MAX} values is needed.`, "Correct or leave it out.");
  const properties = Object.keys(propertiesOf(schema));
  if (properties.length > PROPERTIES_MAX)
    refuse(`${field}.properties`, "too_many_properties", `${PROPERTIES_MAX} is the limit.`, "Group or drop some.");
  if (required !== undefined && !Array.isArray(required))
    refuse(`${field}.required`, "bad_required", "Not a list of names.", "Give a list.");
  if (walk.isStrict && schema.$ref === undefined && schema.allOf === undefined)
    for (const key of requiredOf(schema))
      if (!properties.includes(key))
        refuse(
          `${field}.required`,
          "required_unknown",
          `${key} is required, but not among the properties.`,
          "Declare it.",
        );
  for (const key of [...NUMBERS, ...COUNTS]) {
    const value = schema[key];
    const isCount = COUNTS.includes(key);
    if (value !== undefined && !(typeof value === "number" && Number.isFinite(value) && (!isCount || isWhole(value))))
      refuse(`${field}.${key}`, "bad_limit", `${key} is no ${isCount ? "count" : "number"}.`, "Correct it.");
  }
  for (const [low, high] of [
    ["minimum", "maximum"],
    ["minLength", "maxLength"],
    ["minItems", "maxItems"],
  ] as const)
    if (Number(schema[low]) > Number(schema[high]))
      refuse(`${field}.${low}`, "limits_crossed", `${low} is above ${high}: nothing fits.`, "Swap them.");
}

const isWhole = (value: number): boolean => Number.isInteger(value) && value >= 0;

function checkReference(reference: unknown, field: string, { root }: Walk, refuse: Refuse): void {
  const at = `${field}.$ref`;
  if (typeof reference !== "string" || !reference.startsWith("#/"))
    refuse(
      at,
      "remote_ref",
      `${JSON.stringify(reference)} leads out of the schema, and is never fetched.`,
      "Put it into $defs.",
    );
  else if (followReference(reference, root) === null)
    refuse(at, "dangling_ref", `${reference} leads nowhere.`, "Correct it, or add it to $defs.");
}

function checkPattern(pattern: unknown, field: string, refuse: Refuse): void {
  const read = typeof pattern === "string" ? parsePattern(pattern) : { ok: false as const, reason: "is no text" };
  if (!read.ok)
    refuse(
      `${field}.pattern`,
      "unsafe_pattern",
      `The pattern ${read.reason}.`,
      "Simplify it, or describe it in words.",
    );
}

function childrenOf(schema: JsonSchema): [string, unknown][] {
  const found: [string, unknown][] = ONE.filter((key) => schema[key] !== undefined).map((key) => [key, schema[key]]);
  for (const key of LISTS) {
    const list = schema[key];
    if (Array.isArray(list)) found.push(...list.map((inner, at): [string, unknown] => [`${key}.${at}`, inner]));
    else if (list !== undefined) found.push([key, list]);
  }
  for (const key of MAPS) {
    const map = schema[key];
    if (isSchema(map))
      found.push(...Object.entries(map).map(([name, inner]): [string, unknown] => [`${key}.${name}`, inner]));
    else if (map !== undefined) found.push([key, map]);
  }
  return found;
}

/** References that come back to themselves: such arguments have no end. */
function* circles(root: JsonSchema, field: string): Generator<FieldProblem> {
  const open: { schema: JsonSchema; trail: readonly string[] }[] = [{ schema: root, trail: [] }];
  let steps = 0;
  for (let next = open.pop(); next; next = open.pop()) {
    steps += 1;
    if (steps > 20_000) {
      yield problem(field, "schema_too_large", "Its references multiply out beyond any use.", "Simplify it.");
      return;
    }
    const { schema, trail } = next;
    const { $ref } = schema;
    if (typeof $ref === "string") {
      if (trail.includes($ref)) {
        yield problem(`${field}.$ref`, "ref_circle", `${$ref} leads back to itself.`, "Write the levels out.");
        return;
      }
      const target = followReference($ref, root);
      if (target) open.push({ schema: target, trail: [...trail, $ref] });
    }
    for (const [key, inner] of childrenOf(schema))
      if (isSchema(inner) && !key.startsWith("$defs") && !key.startsWith("definitions"))
        open.push({ schema: inner, trail });
  }
}
