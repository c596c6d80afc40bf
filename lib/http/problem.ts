import { AppError, type ErrorCode, type FieldProblem } from "#lib/platform/errors.ts";
import type { Problem } from "./schema.ts";

/** The only place that knows status numbers. */
export const HTTP_STATUS = {
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  stale: 412,
  too_large: 413,
  unsupported_media_type: 415,
  range_not_satisfiable: 416,
  invalid: 422,
  precondition_required: 428,
  rate_limited: 429,
  internal: 500,
  node_unreachable: 503,
  unavailable: 503,
} as const satisfies Record<ErrorCode, number>;

const TITLES: Record<ErrorCode, string> = {
  unauthenticated: "Sign-in needed",
  forbidden: "Not allowed",
  not_found: "Not found",
  conflict: "Conflict",
  stale: "Changed meanwhile",
  too_large: "Too large",
  unsupported_media_type: "Wrong media type",
  range_not_satisfiable: "Beyond the end",
  invalid: "Invalid input",
  precondition_required: "Precondition required",
  rate_limited: "Too many requests",
  internal: "Internal error",
  node_unreachable: "Node unreachable",
  unavailable: "Unavailable",
};

/** Turns anything thrown into what a caller may see: unknown errors say nothing but their request id. */
export function toProblem(error: unknown, requestId: string): Problem {
  const known = error instanceof AppError ? error : new AppError("internal", "Something went wrong on our side.");
  return {
    type: `/help/errors#${known.reason}`,
    title: TITLES[known.code],
    status: HTTP_STATUS[known.code],
    code: known.reason,
    detail: known.message,
    fix: known.fix ?? (known.code === "internal" ? "Try again; if it happens again, report the request id." : null),
    requestId,
    errors: known.fields.map((field: FieldProblem) => ({ ...field })),
  };
}

/** The same as a response of type `application/problem+json`. */
export function problemResponse(error: unknown, requestId: string): Response {
  const problem = toProblem(error, requestId);
  const headers = new Headers({ "content-type": "application/problem+json", "x-request-id": requestId });
  if (error instanceof AppError && error.retryAfterSeconds !== null)
    headers.set("retry-after", String(error.retryAfterSeconds));
  return new Response(JSON.stringify(problem), { status: problem.status, headers });
}
