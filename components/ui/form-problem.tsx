import type { Problem } from "#lib/http/schema.ts";
import { ErrorState } from "./error-state.tsx";
import { unplaced } from "./field-error.ts";

/** Under a form: a problem that is about none of its fields, or about one that it does not show. Nothing is refused in silence. */
export function FormProblem({ problem, fields }: { problem: Problem | null; fields: readonly string[] }) {
  const shown = unplaced(problem, fields);
  return shown && <ErrorState problem={shown} size="inline" />;
}
