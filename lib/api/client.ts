import type * as z from "zod";
import type { Problem } from "#lib/http/schema.ts";
import type { routes } from "./routes.ts";

type Routes = (typeof routes)[number];
/** Every endpoint by its signature, such as "GET /tenants/{tenantId}". */
export type Signature = Routes["signature"];
export type DefOf<S extends Signature> = Extract<Routes, { signature: S }>["def"];

type Part<D, Key extends string, As extends string> = D extends { [K in Key]: infer T extends z.ZodType }
  ? Record<never, never> extends z.input<T>
    ? { [K in As]?: z.input<T> }
    : { [K in As]: z.input<T> }
  : unknown;
type PathParams<S extends Signature> = S extends `${string}{${string}}${string}`
  ? { params: Record<ParamNames<S>, string> }
  : unknown;
type ParamNames<S extends string> = S extends `${string}{${infer Name}}${infer Rest}` ? Name | ParamNames<Rest> : never;
type Edit<D> = D extends { ifMatch: true } ? { generation: number } : unknown;

/** What a call takes: path params, query, body, and for edits the generation that was read. */
export type CallInput<S extends Signature> = PathParams<S> &
  Part<DefOf<S>, "query", "query"> &
  Part<DefOf<S>, "body", "body"> &
  Edit<DefOf<S>> & { signal?: AbortSignal; idempotencyKey?: string; stream?: BodyInit };
/** What a call answers. */
export type CallOutput<S extends Signature> = DefOf<S> extends { ok: infer O extends z.ZodType } ? z.output<O> : null;

/** A refusal by the API: the problem it sent, or one made here when there was no proper answer. */
export class ApiError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail);
    this.name = "ApiError";
  }
}

const noAnswer = (detail: string, status: number, fix: string): Problem => ({
  type: "about:blank",
  title: "No answer",
  status,
  code: "no_answer",
  detail,
  fix,
  requestId: "",
  errors: [],
});

type LooseInput = {
  params?: Record<string, string>;
  query?: Record<string, unknown>;
  body?: unknown;
  generation?: number;
  signal?: AbortSignal;
  idempotencyKey?: string;
  stream?: BodyInit;
};

function buildUrl(baseUrl: string, path: string, input: LooseInput): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(input.params?.[name] ?? ""));
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(input.query ?? {}))
    if (value !== undefined && value !== null && value !== "") query.set(name, String(value));
  const text = query.toString();
  return `${baseUrl}/api/v1${filled}${text ? `?${text}` : ""}`;
}

function buildHeaders(method: string, input: LooseInput, apiKey: string | undefined): Headers {
  const headers = new Headers({ accept: "application/json" });
  if (apiKey) headers.set("authorization", `Bearer ${apiKey}`);
  if (input.body !== undefined) headers.set("content-type", "application/json");
  if (input.stream !== undefined) headers.set("content-type", "application/octet-stream");
  if (input.generation !== undefined) headers.set("if-match", `"g${input.generation}"`);
  if (method === "POST") headers.set("idempotency-key", input.idempotencyKey ?? crypto.randomUUID());
  return headers;
}

/** @throws ApiError unless it is what was asked for */
export async function readReply(response: Response): Promise<unknown> {
  if (response.status === 204) return null;
  const type = response.headers.get("content-type") ?? "";
  if (response.ok && type.startsWith("application/json")) return response.json();
  const unexplained = noAnswer(
    `The server answered ${response.status} without saying why.`,
    response.status,
    "Try again.",
  );
  throw new ApiError(
    type.startsWith("application/problem+json") ? await readProblem(response, unexplained) : unexplained,
  );
}

/** A problem as the API sends it; a proxy in between may answer with one of its own, which has fewer fields or is no JSON. */
async function readProblem(response: Response, unexplained: Problem): Promise<Problem> {
  const sent: unknown = await response.json().catch(() => null);
  if (typeof sent !== "object" || sent === null) return unexplained;
  const problem: Problem = { ...unexplained, ...sent };
  return { ...problem, errors: Array.isArray(problem.errors) ? problem.errors : [] };
}

/** Sends a call as it stands. @throws ApiError when nothing answers, or the signal's reason */
export async function sendCall(
  options: { baseUrl: string; apiKey?: string; fetch?: typeof fetch },
  signature: Signature,
  input: LooseInput,
): Promise<Response> {
  const [method = "GET", path = "/"] = signature.split(" ");
  const body = input.stream ?? (input.body === undefined ? undefined : JSON.stringify(input.body));
  const init: RequestInit = {
    method,
    headers: buildHeaders(method, input, options.apiKey),
    ...(body === undefined ? {} : { body }),
    ...(input.signal ? { signal: input.signal } : {}),
  };
  const send = options.fetch ?? ((...args: Parameters<typeof fetch>) => fetch(...args));
  return send(buildUrl(options.baseUrl, path, input), init).catch((error: unknown) => {
    if (input.signal?.aborted) throw error;
    throw new ApiError(
      noAnswer("Switchyard cannot be reached.", 0, "Check the connection; the page retries automatically."),
    );
  });
}

export type Client = { call<S extends Signature>(signature: S, input: CallInput<S>): Promise<CallOutput<S>> };

/**
 * A client typed by the routes themselves.
 * @param options.baseUrl "" in the browser; @param options.apiKey for programs (browsers send their cookie)
 */
export function createClient(options: { baseUrl: string; apiKey?: string; fetch?: typeof fetch }): Client {
  return {
    async call(signature, input) {
      return (await readReply(await sendCall(options, signature, input))) as never;
    },
  };
}

/** The console's own client. */
export const api: Client = createClient({ baseUrl: "" });
