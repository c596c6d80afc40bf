import type * as z from "zod";
import { AppError, type FieldProblem, invalid, invalidField } from "#lib/platform/errors.ts";
import { fieldProblems } from "./browser/field-problems.ts";

/**
 * @param anyText lets text through that the database cannot keep
 * @throws AppError `invalid` naming every field that breaks a rule
 */
export function parseInput<T extends z.ZodType>(schema: T, input: unknown, anyText = false): z.output<T> {
  const parsed = schema.safeParse(input);
  if (!parsed.success) throw invalid(fieldProblems(parsed.error));
  const broken = anyText ? [] : textProblems(parsed.data);
  if (broken.length > 0) throw invalid(broken);
  return parsed.data;
}

/** Fields, names included, whose text Postgres refuses: a NUL, or half of a surrogate pair. */
export function textProblems(value: unknown, prefix = ""): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const open: { path: string; value: unknown }[] = [{ path: prefix, value }]; // no recursion: depth is the caller's choice
  for (let next = open.pop(); next; next = open.pop()) {
    const { path } = next;
    if (typeof next.value === "string") {
      if (isUnstorable(next.value)) problems.push(textProblem(path || "body"));
    } else if (typeof next.value === "object" && next.value !== null)
      for (const [key, inner] of Object.entries(next.value)) {
        if (isUnstorable(key)) problems.push(textProblem(path || "body"));
        open.push({ path: path ? `${path}.${key}` : key, value: inner });
      }
  }
  return problems;
}

const isUnstorable = (text: string): boolean => text.includes("\0") || /\p{Surrogate}/u.test(text);
const textProblem = (field: string): FieldProblem => ({
  field,
  code: "bad_text",
  message: `${field}: contains a character that is not text.`,
  fix: "Leave out NUL characters and broken emoji.",
});

/**
 * Reads a JSON body no larger than `maxBytes`.
 * @throws AppError `unsupported_media_type`, `too_large` or `invalid`
 */
export async function readJson(request: Request, maxBytes: number): Promise<unknown> {
  const type = request.headers.get("content-type") ?? "";
  if (!/^application\/json\b/i.test(type))
    throw new AppError("unsupported_media_type", "The body must be JSON.", {
      reason: "not_json",
      fix: "Send the header content-type: application/json.",
    });
  const bytes = await readBytes(request, maxBytes);
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw invalidField("body", "bad_json", "The body is not valid JSON.", "Check quotes, commas and brackets.");
  }
}

async function readBytes(request: Request, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  if (request.body)
    for await (const chunk of request.body) {
      size += chunk.byteLength;
      if (size > maxBytes)
        throw new AppError("too_large", `The body is larger than ${maxBytes} bytes.`, { fix: "Send less at a time." });
      chunks.push(chunk);
    }
  return Buffer.concat(chunks);
}
