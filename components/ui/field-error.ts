import type { Problem } from "#lib/http/schema.ts";

/** What the API said about one field: the rule and the fix in one line; null when nothing. */
export const fieldError = (problem: Problem | null, field: string): string | null => {
  const found = problem?.errors.find((error) => error.field === field || error.field.startsWith(`${field}.`));
  return found ? `${found.message} ${found.fix}` : null;
};
