import type { Problem } from "#lib/http/schema.ts";

const isOf = (path: string, field: string): boolean => path === field || path.startsWith(`${field}.`);

/** What the API said about one field: the rule and the fix in one line; null when nothing. The field's own label stands above it. */
export const fieldError = (problem: Problem | null, field: string): string | null => {
  const found = problem?.errors.find((error) => isOf(error.field, field));
  if (!found) return null;
  const rule = found.message.startsWith(found.field)
    ? found.message.slice(found.field.length).replace(/^:? /, "")
    : found.message;
  return `${rule.charAt(0).toUpperCase()}${rule.slice(1)} ${found.fix}`;
};

/** What a form must say besides the errors that stand at its fields; null when every error stands at one of them. */
export const unplaced = (problem: Problem | null, fields: readonly string[]): Problem | null =>
  problem !== null &&
  problem.errors.length > 0 &&
  problem.errors.every((error) => fields.some((field) => isOf(error.field, field)))
    ? null
    : problem;
