import type { Problem } from "#lib/http/schema.ts";

/** What is said where nothing better is known to do. */
const CORRECT_IT = "Correct the value.";

const isOf = (path: string, field: string): boolean => path === field || path.startsWith(`${field}.`);

/** One broken rule and its fix as they stand below the field's label, which names the field already. */
export function errorText({ field, message, fix }: Problem["errors"][number]): string {
  const rule = message.startsWith(field) ? message.slice(field.length).replace(/^:? /, "") : message;
  const words = `${rule.charAt(0).toUpperCase()}${rule.slice(1)}`;
  // a rule written for the field, such as "slug: use small letters.", says itself what to do
  return fix === CORRECT_IT && message.startsWith(`${field}: `) ? words : `${words} ${fix}`;
}

/** What the API said about one field: the rule and the fix in one line; null when nothing. The field's own label stands above it. */
export const fieldError = (problem: Problem | null, field: string): string | null => {
  const found = problem?.errors.find((error) => isOf(error.field, field));
  return found ? errorText(found) : null;
};

/** What a form must say besides the errors that stand at its fields; null when every error stands at one of them. */
export const unplaced = (problem: Problem | null, fields: readonly string[]): Problem | null =>
  problem !== null &&
  problem.errors.length > 0 &&
  problem.errors.every((error) => fields.some((field) => isOf(error.field, field)))
    ? null
    : problem;
