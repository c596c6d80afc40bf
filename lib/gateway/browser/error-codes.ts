/**
 * Every error that the gateway itself answers with: the one list behind replies and the help page. `says` is what is
 * wrong, `fix` what to change; a reply may be more exact than the entry, never different in meaning.
 */
type ErrorEntry = { status: ErrorStatus; says: string; fix: string };
export type ErrorStatus = 400 | 401 | 403 | 404 | 408 | 413 | 429 | 431 | 502 | 503 | 504;

const LATER = "Try again after the seconds in Retry-After.";
const REPORT = "Try again; if it stays, report the request id.";

export const ERRORS = {
  // who calls
  missing_api_key: {
    status: 401,
    says: "There is no API key.",
    fix: "Send the header Authorization: Bearer <your key>.",
  },
  invalid_api_key: {
    status: 401,
    says: "The API key is wrong: it is unknown or revoked.",
    fix: "Send a current key of your tenant as Authorization: Bearer <your key>.",
  },
  expired_api_key: { status: 401, says: "The API key has expired.", fix: "Create a new one." },
  insufficient_scope: {
    status: 403,
    says: "This API key may not do that.",
    fix: "Use a key with the scope inference, or gateway:trusted to act for several tenants.",
  },
  pins_not_allowed: {
    status: 403,
    says: "The x-switchyard-pin-* and x-switchyard-kind headers need a key with the scope gateway:trusted.",
    fix: "Leave them out.",
  },
  unknown_kind: {
    status: 400,
    says: "x-switchyard-kind names no kind of traffic.",
    fix: "Use user, eval, shadow or probe.",
  },
  pin_without_version: {
    status: 400,
    says: "A node is pinned, but no version.",
    fix: "Send x-switchyard-pin-version as well.",
  },
  // for whom
  tenant_missing: {
    status: 400,
    says: "A trusted key must name the tenant.",
    fix: "Send the tenant header, x-tenant-id unless your provider changed its name.",
  },
  tenant_mismatch: {
    status: 403,
    says: "This API key belongs to another tenant.",
    fix: "Leave out the tenant header.",
  },
  tenant_not_found: {
    status: 404,
    says: "There is no such tenant.",
    fix: "Send its slug or id in the tenant header.",
  },
  tenant_suspended: { status: 403, says: "The tenant is suspended.", fix: "Ask your provider to resume it." },
  tenant_closed: {
    status: 403,
    says: "The tenant is permanently closed: its models and keys were removed, or are about to be.",
    fix: "Ask your provider for a new one.",
  },
  // the request
  unknown_url: {
    status: 404,
    says: "There is no such endpoint.",
    fix: "Use POST /v1/chat/completions, /v1/completions, /v1/embeddings or /v1/responses, or GET /v1/models.",
  },
  endpoint_not_served: {
    status: 404,
    says: "This model does not answer that endpoint.",
    fix: "Use /v1/chat/completions, or ask your provider to switch the endpoint on for the model's pool.",
  },
  stored_responses_refused: {
    status: 400,
    says: "Responses are never stored.",
    fix: "Send store: false or leave it out, and leave out previous_response_id, conversation and background.",
  },
  malformed_request: {
    status: 400,
    says: "The request is not valid HTTP/1.1.",
    fix: "Send one length for the body, no folded headers and well-formed chunks.",
  },
  headers_too_large: { status: 431, says: "The headers are too large.", fix: "Keep them under 16 KB in all." },
  request_timeout: {
    status: 408,
    says: "The request took too long to arrive.",
    fix: "Send its headers within 10 seconds and all of it within 60.",
  },
  body_too_slow: {
    status: 408,
    says: "The body arrives too slowly.",
    fix: "Send at least 1 KB a second.",
  },
  body_too_large: {
    status: 413,
    says: "The body is larger than 10,000,000 bytes.",
    fix: "Send fewer or shorter messages.",
  },
  unsupported_encoding: {
    status: 400,
    says: "The body must not be compressed.",
    fix: "Leave out Content-Encoding.",
  },
  invalid_utf8: { status: 400, says: "The body is not valid UTF-8.", fix: "Encode it as UTF-8." },
  not_an_object: { status: 400, says: "The body must be a JSON object.", fix: "Send one JSON object in UTF-8." },
  bad_json: { status: 400, says: "The body is not valid JSON.", fix: "Send one JSON object in UTF-8." },
  too_deep: { status: 400, says: "The body is nested more than 64 levels deep.", fix: "Nest it less." },
  duplicate_model: { status: 400, says: 'The body holds "model" twice.', fix: "Name one model." },
  model_not_a_string: { status: 400, says: '"model" must be a string.', fix: "Name the model, or leave it out." },
  bad_deadline: {
    status: 400,
    says: "x-request-timeout-ms is not a number of milliseconds.",
    fix: "Send a whole number of at least 1, or leave it out.",
  },
  // the model
  model_not_found: {
    status: 404,
    says: "The model does not exist for this tenant.",
    fix: "Use one that GET /v1/models lists, or leave model out.",
  },
  model_not_live: {
    status: 404,
    says: "The model has no live version yet.",
    fix: "Ask your provider to cut one over.",
  },
  model_missing: {
    status: 400,
    says: "The request names no model, and the service that answers it has no default one.",
    fix: "Send model.",
  },
  pinned_version_not_found: {
    status: 404,
    says: "The pinned version is on no node of this tenant.",
    fix: "Load it first.",
  },
  pinned_version_not_routable: {
    status: 503,
    says: "The pinned version is not proven on that node right now.",
    fix: LATER,
  },
  // limits
  requests_per_minute: {
    status: 429,
    says: "The tenant's requests a minute are used up.",
    fix: `Send fewer. ${LATER}`,
  },
  tokens_per_minute: {
    status: 429,
    says: "The tenant's tokens a minute are used up.",
    fix: `Send shorter prompts or a lower max_tokens. ${LATER}`,
  },
  tokens_over_limit: {
    status: 400,
    says: "The request needs more tokens than the tenant may use in one request or in a minute.",
    fix: "Send a shorter prompt or a lower max_tokens.",
  },
  concurrent_requests: {
    status: 429,
    says: "The tenant has as many requests running as it may.",
    fix: "Wait for one of them to end.",
  },
  bodies_too_large: {
    status: 429,
    says: "The tenant has too many large requests on their way at once.",
    fix: "Send fewer of them at the same time.",
  },
  tenant_shed: {
    status: 429,
    says: "Your provider refuses this tenant's requests for the moment.",
    fix: "Wait, then try again more slowly.",
  },
  // capacity
  queue_full: { status: 429, says: "Too many requests are waiting for this model.", fix: LATER },
  saturated: { status: 429, says: "The model is at its capacity: the wait would be too long.", fix: LATER },
  waited_too_long: { status: 429, says: "No place became free in time.", fix: LATER },
  gateway_busy: { status: 503, says: "The gateway holds too many large requests.", fix: LATER },
  not_ready: { status: 503, says: "The gateway is starting.", fix: "Try again in a second." },
  no_node: {
    status: 503,
    says: "No node can answer this model right now.",
    fix: "Try again in a few seconds.",
  },
  // whoever answers
  node_timeout: {
    status: 504,
    says: "The node took too long to answer.",
    fix: "Ask for a shorter answer, or stream it.",
  },
  deadline_exceeded: {
    status: 504,
    says: "The answer did not begin before the deadline that the request set.",
    fix: "Allow more time, ask for a shorter answer, or stream it.",
  },
  node_failed: {
    status: 502,
    says: "What should have answered broke off before its first byte.",
    fix: REPORT,
  },
  endpoint_refused: {
    status: 502,
    says: "The service that should have answered does not accept us.",
    fix: "Ask your provider to check its key and its model.",
  },
  bad_reply: { status: 502, says: "The reply was not one that can be passed on.", fix: REPORT },
  gateway_error: { status: 502, says: "The gateway failed.", fix: REPORT },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof ERRORS;

/** The `type` that OpenAI's clients know for a status. */
export const errorType = (status: ErrorStatus): string => {
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
    case 408:
    case 413:
    case 431:
      return "invalid_request_error";
    case 502:
    case 503:
    case 504:
      return "server_error";
  }
};
