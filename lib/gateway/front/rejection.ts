import { ERRORS, type ErrorCode, type ErrorStatus, errorType } from "../browser/error-codes.ts";

/** A refusal in OpenAI's words. `message` says what is wrong and what to change, in a sentence or two. */
export type Rejection = {
  status: ErrorStatus;
  code: ErrorCode;
  param: string | null;
  message: string;
  retryAfterSeconds: number | null;
};

/** @param extra `says` and `fix` where more is known than the list of codes has */
export function reject(
  code: ErrorCode,
  extra: { says?: string; fix?: string; param?: string; retryAfterSeconds?: number } = {},
): Rejection {
  const { status, says, fix } = ERRORS[code];
  return {
    status,
    code,
    message: `${extra.says ?? says} ${extra.fix ?? fix}`,
    param: extra.param ?? null,
    retryAfterSeconds: extra.retryAfterSeconds ?? null,
  };
}

/**
 * The body: `{"error":{message, type, param, code}}`, with the request id where people copy from.
 * @param consoleUrl where the help page is; null = nobody told
 */
export function errorBody(rejection: Rejection, requestId: string, consoleUrl: string | null): string {
  const { status, code, param } = rejection;
  const help = consoleUrl === null ? "" : ` See ${consoleUrl}/help/errors#${code}`;
  const message = `${rejection.message}${help} (request id ${requestId})`;
  return JSON.stringify({ error: { message, type: errorType(status), param, code } });
}
