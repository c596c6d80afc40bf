/** A refusal in OpenAI's words. `message` says what is wrong and what to change, in a sentence or two. */
export type Rejection = {
  status: 400 | 401 | 403 | 404 | 405 | 408 | 413 | 429 | 502 | 503 | 504;
  code: string;
  param: string | null;
  message: string;
  retryAfterSeconds: number | null;
};

export const reject = (
  status: Rejection["status"],
  code: string,
  message: string,
  extra: { param?: string; retryAfterSeconds?: number } = {},
): Rejection => ({
  status,
  code,
  message,
  param: extra.param ?? null,
  retryAfterSeconds: extra.retryAfterSeconds ?? null,
});

/** The `type` OpenAI's clients know for a status. */
const typeOf = (status: Rejection["status"]): string => {
  switch (status) {
    case 401:
      return "authentication_error";
    case 403:
      return "permission_error";
    case 404:
      return "not_found_error";
    case 429:
      return "rate_limit_exceeded";
    case 400:
    case 405:
    case 408:
    case 413:
      return "invalid_request_error";
    case 502:
    case 503:
    case 504:
      return "server_error";
  }
};

/** The body: `{"error":{message, type, param, code}}`, with the request id where people copy from. */
export const errorBody = (rejection: Rejection, requestId: string): string =>
  JSON.stringify({
    error: {
      message: `${rejection.message} (request id ${requestId})`,
      type: typeOf(rejection.status),
      param: rejection.param,
      code: rejection.code,
    },
  });
