import { AppError, errorText } from "#lib/platform/errors.ts";

/** What a terminal shows of a failure: what is wrong and what to do, or where in the code nobody expected it. */
export function explainFailure(error: unknown): string[] {
  if (error instanceof AppError) return [error.message, ...(error.fix ? [`What to do: ${error.fix}`] : [])];
  return [error instanceof Error ? (error.stack ?? error.message) : errorText(error)];
}
