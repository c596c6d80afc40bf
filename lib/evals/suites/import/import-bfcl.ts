import { isLosslessNumber, parse, stringify } from "lossless-json";
import * as z from "zod";
import type { AcceptedValues, EvalCase, ExpectedCall, JsonSchema, ToolDefinition } from "../../eval-case.ts";
import { isSchema, requiredOf } from "../../scoring/tool-schema.ts";

/** A nested answer key multiplies out; beyond this many spellings of one argument the case is refused. */
const spellingsMax = 256;

export const questionLine = z.object({
  id: z.string(),
  question: z.array(z.array(z.object({ role: z.enum(["system", "user"]), content: z.string() }))),
  function: z.array(
    z.object({ name: z.string(), description: z.string(), parameters: z.record(z.string(), z.unknown()) }),
  ),
});

export const answerLine = z.object({
  id: z.string(),
  ground_truth: z.array(z.record(z.string(), z.record(z.string(), z.array(z.unknown())))),
});

export type BfclImport = { cases: EvalCase[]; refused: { id: string; reason: string }[] };

/**
 * Reads questions and answer keys of the Berkeley Function-Calling Leaderboard (JSON Lines) into cases. In its keys each
 * argument has a *list* of acceptable values, and an empty string in the list means that the argument may be left out.
 * Its Python type names become JSON Schema's.
 *
 * @param answers absent for the irrelevance set, where the right answer is to call nothing
 * @throws SyntaxError or ZodError when a line is not what it should be
 */
export function importBfcl(input: { category: string; questions: string; answers?: string }): BfclImport {
  const keys =
    input.answers === undefined
      ? null
      : new Map(readLines(input.answers, answerLine).map((key) => [key.id, key.ground_truth]));
  const result: BfclImport = { cases: [], refused: [] };
  for (const entry of readLines(input.questions, questionLine)) {
    const read = toCase(entry, keys === null ? [] : keys.get(entry.id));
    if (typeof read === "string") result.refused.push({ id: entry.id, reason: read });
    else result.cases.push({ id: entry.id, ordinal: result.cases.length + 1, category: input.category, ...read });
  }
  return result;
}

/** The case, or why it cannot be expressed. */
function toCase(
  entry: z.infer<typeof questionLine>,
  key: z.infer<typeof answerLine>["ground_truth"] | undefined,
): Pick<EvalCase, "messages" | "tools" | "expected"> | string {
  if (entry.question.length !== 1) return `has ${entry.question.length} turns, one is supported`;
  if (key === undefined) return "has no answer key";
  const tools = entry.function.map(
    ({ name, description, parameters }): ToolDefinition => ({
      type: "function",
      function: { name, description, parameters: toJsonSchema(parameters) },
    }),
  );
  const calls = expectedCalls(key, tools);
  if (typeof calls === "string") return calls;
  const reason = calls.length === 0 ? "no function fits the question" : "the leaderboard's answer key";
  return { messages: entry.question.flat(), tools, expected: { calls, reason } };
}

function readLines<T>(text: string, schema: z.ZodType<T>): T[] {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return lines.map((line) => schema.parse(parse(line)));
}

const typeNames: Record<string, string> = { dict: "object", float: "number", tuple: "array" };

/** `any` has no counterpart: no type at all. Schemas hold small numbers only, so doubles are enough for them. */
function toJsonSchema(schema: Record<string, unknown>): JsonSchema {
  const result: JsonSchema = {};
  for (const [keyword, value] of Object.entries(schema)) {
    if (keyword === "type" && typeof value === "string") {
      if (value !== "any") result.type = typeNames[value] ?? value;
    } else if (keyword === "properties" && isSchema(value)) {
      const entries = Object.entries(value).filter((entry): entry is [string, JsonSchema] => isSchema(entry[1]));
      result.properties = Object.fromEntries(entries.map(([key, child]) => [key, toJsonSchema(child)]));
    } else if (keyword === "items" && isSchema(value)) result.items = toJsonSchema(value);
    else result[keyword] = toPlain(value);
  }
  return result;
}

function toPlain(value: unknown): unknown {
  if (isLosslessNumber(value)) return Number(value.value);
  if (Array.isArray(value)) return value.map(toPlain);
  if (isSchema(value)) return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, toPlain(child)]));
  return value;
}

/**
 * The expected calls, or why they cannot be expressed. The preferred arguments leave out what may be left out, unless
 * the function's schema requires it: some keys contradict their schema there.
 */
function expectedCalls(
  key: z.infer<typeof answerLine>["ground_truth"],
  tools: readonly ToolDefinition[],
): ExpectedCall[] | string {
  const calls: ExpectedCall[] = [];
  for (const made of key) {
    const [entry, ...more] = Object.entries(made);
    if (entry === undefined || more.length > 0) return "a call of the answer key does not name exactly one function";
    const [name, params] = entry;
    const tool = tools.find((candidate) => candidate.function.name === name);
    if (tool === undefined) return `the answer key calls ${name}, which is not among the functions`;
    const required = requiredOf(tool.function.parameters);
    const accepts: Record<string, AcceptedValues> = {};
    const preferred: string[] = [];
    for (const [param, listed] of Object.entries(params)) {
      const values = listed.filter((value) => value !== "").flatMap(spellings);
      if (values.length > spellingsMax) return `argument ${param} has more than ${spellingsMax} spellings`;
      const accepted = { values: values.map(toText), mayOmit: listed.includes("") };
      accepts[param] = accepted;
      const [first] = accepted.values;
      if (first !== undefined && (!accepted.mayOmit || required.includes(param)))
        preferred.push(`${JSON.stringify(param)}:${first}`);
    }
    calls.push({ name, arguments: `{${preferred.join(",")}}`, accepts });
  }
  return calls;
}

/** Inside a dictionary of the key every value is again a list of acceptable ones; an empty string may be left out. */
function spellings(value: unknown): unknown[] {
  if (Array.isArray(value)) return product(value.map(spellings));
  if (!isSchema(value) || isLosslessNumber(value)) return [value];
  const entries = Object.entries(value).map(([key, listed]): [string, unknown[]] => [
    key,
    Array.isArray(listed) ? listed : [listed],
  ]);
  const perKey = entries.map(([key, listed]) =>
    listed.flatMap((item): unknown[] => (item === "" ? [null] : spellings(item).map((spelled) => [key, spelled]))),
  );
  return product(perKey).map((chosen) =>
    Object.fromEntries(chosen.filter((pair): pair is [string, unknown] => pair !== null)),
  );
}

/** All ways to choose one of each list, cut off just beyond the limit, so that a hostile key cannot fill the memory. */
function product(lists: readonly unknown[][]): unknown[][] {
  return lists.reduce<unknown[][]>(
    (rows, list) => rows.flatMap((row) => list.map((item) => [...row, item])).slice(0, spellingsMax + 1),
    [[]],
  );
}

function toText(value: unknown): string {
  const text = stringify(value);
  if (text === undefined) throw new TypeError("an answer key holds JSON values");
  return text;
}
