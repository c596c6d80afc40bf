import type { IncomingMessage } from "node:http";
import type * as z from "zod";
import { readJson, validationError } from "./reply.ts";

/** Reads a JSON body into `schema`. @throws HttpError 400 in the words of vLLM's validation handler */
export async function parseBody<T extends z.ZodType>(request: IncomingMessage, schema: T): Promise<z.output<T>> {
  const raw = await readJson(request);
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map((issue) => line(issue, valueAt(raw, issue.path)));
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

/** One error as Python prints pydantic's dictionary. */
function line(issue: z.core.$ZodIssue, value: unknown): string {
  const isMissing = value === undefined;
  const type = isMissing ? "missing" : "value_error";
  const message = isMissing ? "Field required" : issue.message;
  return `{'type': '${type}', 'loc': '${locationOf(issue.path)}', 'msg': '${message}', 'input': ${pythonValue(value)}}`;
}

function pythonValue(value: unknown): string {
  switch (typeof value) {
    case "undefined":
      return "None";
    case "string":
      return `'${value.slice(0, 200)}'`;
    case "number":
      return String(value);
    case "boolean":
      return value ? "True" : "False";
    default:
      return value === null
        ? "None"
        : `'<${Array.isArray(value) ? "list" : "dict"} of ${Object.keys(value as object).length} items>'`;
  }
}
