import type * as z from "zod";
import { fieldProblems } from "#lib/http/browser/field-problems.ts";
import type { Problem } from "#lib/http/schema.ts";

/** Why the API would refuse a body, in the API's own words; null = it fits its schema. */
export function refusalOf(schema: z.ZodType, body: unknown): Problem | null {
  const parsed = schema.safeParse(body);
  if (parsed.success) return null;
  const errors = fieldProblems(parsed.error);
  return {
    type: "/help/errors#invalid",
    title: "Invalid input",
    status: 422,
    code: "invalid",
    detail: errors.map(({ message }) => message).join(" "),
    fix: errors[0]?.fix ?? null,
    requestId: "",
    errors,
  };
}
