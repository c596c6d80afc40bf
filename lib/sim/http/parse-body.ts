import type { IncomingMessage } from "node:http";
import type * as z from "zod";
import { readJson, validationError } from "./reply.ts";

/** Reads a JSON body into `schema`. @throws HttpError 400 in the words of vLLM's validation handler */
export async function parseBody<T extends z.ZodType>(request: IncomingMessage, schema: T): Promise<z.output<T>> {
  const raw = await readJson(request);
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map((issue) => line(issue, raw));
  const first = parsed.error.issues[0];
  throw validationError(lines, first ? locationOf(first.path) : null);
}

const locationOf = (path: readonly PropertyKey[]) => ["body", ...path.map(String)].join(".");

function valueAt(raw: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, key) => (typeof at === "object" && at !== null ? (at as Record<PropertyKey, unknown>)[key] : undefined),
    raw,
  );
}

/** One error as Python prints pydantic's dictionary; of a missing field the input is what it is missing from. */
function line(issue: z.core.$ZodIssue, raw: unknown): string {
  const value = valueAt(raw, issue.path);
  const input = value === undefined ? valueAt(raw, issue.path.slice(0, -1)) : value;
  const { type, message } = wordsOf(issue, value);
  return `{'type': '${type}', 'loc': '${locationOf(issue.path)}', 'msg': '${message}', 'input': '${summary(input)}'}`;
}

function wordsOf(issue: z.core.$ZodIssue, value: unknown): { type: string; message: string } {
  if (value === undefined) return { type: "missing", message: "Field required" };
  if (issue.code === "invalid_type" && issue.expected === "string")
    return { type: "string_type", message: "Input should be a valid string" };
  return { type: "value_error", message: issue.message };
}

/** vLLM describes containers instead of repeating them. */
function summary(value: unknown): string {
  if (value === null || value === undefined) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value !== "object") return String(value).slice(0, 200);
  return `<${Array.isArray(value) ? "list" : "dict"} of ${Object.keys(value).length} items>`;
}
