/** What can go wrong, as the domain says it; only `lib/http` knows status numbers. */
export const ERROR_CODES = [
  "unauthenticated",
  "forbidden",
  "not_found",
  "conflict",
  "invalid",
  "stale",
  "precondition_required",
  "range_not_satisfiable",
  "too_large",
  "unsupported_media_type",
  "rate_limited",
  "node_unreachable",
  "unavailable",
  "internal",
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

/** One broken rule: which field, a stable code, what is wrong and what to do about it. */
export type FieldProblem = { field: string; code: string; message: string; fix: string };

/** An expected refusal. `message` is safe to show; `cause` never leaves the server. */
export class AppError extends Error {
  readonly code: ErrorCode;
  /** Finer, stable reason inside `code`, such as `slug_taken`. */
  readonly reason: string;
  readonly fix: string | null;
  readonly fields: readonly FieldProblem[];
  readonly retryAfterSeconds: number | null;

  constructor(
    code: ErrorCode,
    message: string,
    options: {
      reason?: string;
      fix?: string;
      fields?: readonly FieldProblem[];
      cause?: unknown;
      retryAfterSeconds?: number;
    } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = "AppError";
    this.code = code;
    this.reason = options.reason ?? code;
    this.fix = options.fix ?? null;
    this.fields = options.fields ?? [];
    this.retryAfterSeconds = options.retryAfterSeconds ?? null;
  }
}

/** Same body for "absent" and "belongs to someone else": existence itself is private. */
export const notFound = (what: string) => new AppError("not_found", `No such ${what}.`);

export const forbidden = (message: string, fix?: string) => new AppError("forbidden", message, { fix });

/** A refusal by the present state; `field` names the input that it stands against. */
export const conflict = (reason: string, message: string, fix?: string, field?: string) => {
  const fields = field === undefined ? [] : [{ field, code: reason, message, fix: fix ?? "" }];
  return new AppError("conflict", message, { reason, fix, fields });
};

/** Bad input: every problem names its field, the rule and the fix. */
export const invalid = (fields: readonly FieldProblem[]) =>
  new AppError("invalid", fields.map((problem) => problem.message).join(" ") || "The input is not valid.", {
    reason: fields[0]?.code ?? "invalid",
    fix: fields[0]?.fix,
    fields,
  });

export const invalidField = (field: string, code: string, message: string, fix: string) =>
  invalid([{ field, code, message, fix }]);

/** The text of an unknown thrown value, for logs and conditions; never for callers of the API. */
export const errorText = (error: unknown): string => (error instanceof Error ? error.message : String(error));
