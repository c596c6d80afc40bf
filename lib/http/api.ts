import { createHash } from "node:crypto";
import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import canonicalize from "canonicalize";
import type { Context } from "hono";
import type { Tx } from "#lib/platform/db.ts";
import { AppError, conflict, type ErrorCode, invalidField } from "#lib/platform/errors.ts";
import { newId } from "#lib/platform/ids.ts";
import { type Download, downloadReply } from "./download.ts";
import { parseIfMatch, tagOf } from "./etag.ts";
import { HTTP_STATUS, problemResponse } from "./problem.ts";
import { type OtherMethods, type Parsed, parseSignature, type Route, type RouteDef } from "./route.ts";
import { ProblemSchema } from "./schema.ts";
import { claimIdempotencyKey, findIdempotencyKey, type StoredReply, storeReply } from "./store.ts";
import { parseInput, readJson } from "./validate.ts";

const JSON_MAX_BYTES = 2_000_000;

/** What the API needs from the rest of the product: who is calling, may they, and a context to run in. */
export type ApiHost<Ctx extends { tx: Tx }, Action extends string, Caller> = {
  /** null = nobody signed in. @throws AppError on a bad or revoked credential */
  authenticate(request: Request): Promise<Caller | null>;
  /** @throws AppError `forbidden`, or `not_found` where existence itself is private */
  authorise(caller: Caller, action: Action | "signed_in", params: Record<string, string>): void;
  /** A name for the caller that idempotency keys are kept under. */
  keyOf(caller: Caller): string;
  /** True when the credential travels by itself (a cookie), so that the origin must be checked. */
  isAmbient(caller: Caller): boolean;
  read<T>(caller: Caller | null, call: CallInfo, work: (ctx: Ctx) => Promise<T>): Promise<T>;
  /** One transaction; refuses to commit a mutation that left no audit row. */
  write<T>(caller: Caller | null, call: CallInfo & { unaudited: boolean }, work: (ctx: Ctx) => Promise<T>): Promise<T>;
  onError(error: unknown, call: CallInfo): void;
};
export type CallInfo = { requestId: string; operation: string; params: Record<string, string> };

type AnyRoute<Ctx, Action> = Route<Ctx, Action>;

/** What an address that no route serves answers. */
export const noSuchEndpoint = (path: string): Response =>
  problemResponse(new AppError("not_found", `No such endpoint: ${path}.`), newId("request"));

/** Builds the handler for all routes, and the document that describes them. */
export function createApi<Ctx extends { tx: Tx }, Action extends string, Caller>(
  routes: readonly AnyRoute<Ctx, Action>[],
  host: ApiHost<Ctx, Action, Caller>,
): OpenAPIHono {
  const app = new OpenAPIHono();
  for (const route of routes) {
    const { method, path } = parseSignature(route.signature);
    app.openAPIRegistry.registerPath(documentRoute(route));
    const pattern = path.replace(/\{(\w+)\}/g, ":$1");
    app.on(method, pattern, (c) => answer(route, host, c));
    const others = route.raw?.others;
    if (others) {
      app.openAPIRegistry.registerPath(documentHead(route, others.head));
      mountOthers(app, pattern, route, host, others);
    }
  }
  return app;
}

/** Hono passes HEAD on as GET; a protocol's HEAD goes to its own reply, a true GET has none. */
function mountOthers<Ctx extends { tx: Tx }, Action extends string, Caller>(
  app: OpenAPIHono,
  pattern: string,
  route: AnyRoute<Ctx, Action>,
  host: ApiHost<Ctx, Action, Caller>,
  others: OtherMethods,
): void {
  app.get(pattern, (c) => (c.req.raw.method === "HEAD" ? answer(route, host, c) : noSuchEndpoint(c.req.path)));
  app.options(pattern, () => others.options());
}

async function answer<Ctx extends { tx: Tx }, Action extends string, Caller>(
  route: AnyRoute<Ctx, Action>,
  host: ApiHost<Ctx, Action, Caller>,
  c: Context,
): Promise<Response> {
  const call: CallInfo = { requestId: newId("request"), operation: route.signature, params: c.req.param() };
  try {
    const caller = await host.authenticate(c.req.raw);
    admit(route, host, caller, call, c.req.raw);
    if (route.raw) return await respondRaw(route, host, caller, call, c);
    const input = await parseCall(route.def, c);
    return await execute(route, host, caller, call, input, c.req.raw);
  } catch (error) {
    host.onError(error, call);
    return problemResponse(error, call.requestId);
  }
}

async function respondRaw<Ctx extends { tx: Tx }, Action extends string, Caller>(
  { def, raw }: AnyRoute<Ctx, Action>,
  host: ApiHost<Ctx, Action, Caller>,
  caller: Caller | null,
  call: CallInfo,
  c: Context,
): Promise<Response> {
  if (raw === undefined) throw new Error(`${call.operation} has no reply of its own`);
  const write =
    (unaudited: boolean) =>
    <T>(change: (ctx: Ctx) => Promise<T>) =>
      host.write(caller, { ...call, unaudited }, change);
  return raw.respond({
    request: c.req.raw,
    params: (def.params ? parseInput(def.params, c.req.param()) : {}) as never,
    body: (def.body
      ? parseInput(def.body, await readJson(c.req.raw, def.bodyMaxBytes ?? JSON_MAX_BYTES), def.anyText)
      : undefined) as never,
    requestId: call.requestId,
    read: (query) => host.read(caller, call, query),
    write: write(false),
    writeUnaudited: (_reason, change) => write(true)(change),
  });
}

function admit<Ctx extends { tx: Tx }, Action extends string, Caller>(
  route: AnyRoute<Ctx, Action>,
  host: ApiHost<Ctx, Action, Caller>,
  caller: Caller | null,
  call: CallInfo,
  request: Request,
): void {
  const { action } = route.def;
  if (action === "public") return;
  if (caller === null)
    throw new AppError("unauthenticated", "This needs a sign-in or an API key.", {
      fix: "Sign in, or send Authorization: Bearer <key>.",
    });
  // browsers send no Origin with a HEAD to their own site; it only reads
  if (isMutation(route) && request.method !== "HEAD" && host.isAmbient(caller)) checkOrigin(request);
  host.authorise(caller, action, call.params);
}

const isMutation = (route: { signature: Route["signature"] }) => parseSignature(route.signature).method !== "GET";

/** Cookies travel with forged requests too; an Origin from elsewhere, or none at all, is refused. */
function checkOrigin(request: Request): void {
  const origin = request.headers.get("origin");
  const host = request.headers.get("x-forwarded-host") ?? request.headers.get("host");
  if (origin !== null && URL.canParse(origin) && new URL(origin).host === host) return;
  throw new AppError("forbidden", "The request comes from another site.", {
    reason: "bad_origin",
    fix: "Use the console itself, or an API key.",
  });
}

async function parseCall(def: RouteDef<string>, c: Context): Promise<Parsed<RouteDef<string>>> {
  const query = Object.fromEntries(new URL(c.req.url).searchParams);
  const body = def.body
    ? parseInput(def.body, await readJson(c.req.raw, def.bodyMaxBytes ?? JSON_MAX_BYTES), def.anyText)
    : undefined;
  return {
    params: def.params ? parseInput(def.params, c.req.param()) : {},
    query: def.query ? parseInput(def.query, query) : {},
    body,
    expectedGeneration: def.ifMatch ? parseIfMatch(c.req.header("if-match")) : 0,
  } as Parsed<RouteDef<string>>;
}

async function execute<Ctx extends { tx: Tx }, Action extends string, Caller>(
  route: AnyRoute<Ctx, Action>,
  host: ApiHost<Ctx, Action, Caller>,
  caller: Caller | null,
  call: CallInfo,
  input: Parsed<RouteDef<string>>,
  request: Request,
): Promise<Response> {
  const idempotency = idempotencyOf(route, host, caller, input, request);
  const replay = idempotency && (await host.read(caller, call, (ctx) => replayOf(ctx.tx, idempotency)));
  if (replay) return replyWith(replay.response, replay.status, call, true);
  const read = <T>(query: (ctx: Ctx) => Promise<T>) => host.read(caller, call, query);
  const prepared = route.prepare && (await route.prepare({ request, read, ...input } as never));
  const run = async (ctx: Ctx) => {
    const stored = idempotency && (await claimIdempotencyKey(ctx.tx, idempotency));
    if (stored) throw new AlreadyDone(stored);
    const result = await route.handle({ ctx, prepared: prepared ?? undefined, ...input } as never);
    if (route.def.download) return { body: result, status: 200 };
    const body = route.def.ok ? checkReply(route.def.ok, result, call) : null;
    const status = route.def.ok ? (route.def.status ?? 200) : 204;
    if (idempotency)
      await storeReply(ctx.tx, {
        ...idempotency,
        status,
        response: route.def.secretReply ? null : JSON.parse(JSON.stringify(body)),
      });
    return { body, status };
  };
  try {
    const done = isMutation(route)
      ? await host.write(caller, { ...call, unaudited: route.def.unaudited !== undefined }, run)
      : await host.read(caller, call, run);
    // the transaction is over: a slow reader must not hold a connection to the database
    if (route.def.download) return await downloadReply(request, done.body as Download, call.requestId);
    return replyWith(done.body, done.status, call, false);
  } catch (error) {
    if (!(error instanceof AlreadyDone) || !idempotency) throw error;
    return replyWith(checkSame(error.stored, idempotency).response, error.stored.status, call, true);
  }
}

/** Leaves the transaction of the second of two equal calls, so that nothing of it is kept. */
class AlreadyDone extends Error {
  constructor(readonly stored: StoredReply) {
    super("already done");
  }
}

type Idempotency = { actorKey: string; key: string; operation: string; requestHash: string };

function idempotencyOf<Ctx extends { tx: Tx }, Action extends string, Caller>(
  route: AnyRoute<Ctx, Action>,
  host: ApiHost<Ctx, Action, Caller>,
  caller: Caller | null,
  input: Parsed<RouteDef<string>>,
  request: Request,
): Idempotency | null {
  const key = request.headers.get("idempotency-key");
  if (key === null || caller === null || parseSignature(route.signature).method !== "POST") return null;
  if (key.length === 0 || key.length > 255)
    throw invalidField(
      "Idempotency-Key",
      "bad_length",
      "Idempotency-Key must have 1 to 255 characters.",
      "Send a UUID.",
    );
  const text = canonicalize({ params: input.params, query: input.query, body: input.body ?? null }) ?? "";
  const requestHash = createHash("sha256").update(text).digest("hex");
  return { actorKey: host.keyOf(caller), key, operation: route.signature, requestHash };
}

const replayOf = async (tx: Tx, claim: Idempotency): Promise<StoredReply | null> => {
  const stored = await findIdempotencyKey(tx, claim.actorKey, claim.key);
  return stored && checkSame(stored, claim);
};

const checkSame = (stored: StoredReply, claim: Idempotency): StoredReply => {
  if (stored.operation === claim.operation && stored.requestHash === claim.requestHash) {
    if (stored.response === null && stored.status !== 204)
      throw conflict(
        "already_done",
        "This was done before; its secret was shown once.",
        "Make a new one with a new key.",
      );
    return stored;
  }
  throw new AppError("invalid", "This Idempotency-Key was used for another request.", {
    reason: "idempotency_mismatch",
    fix: "Use a new key for a new request.",
  });
};

/** A reply that does not fit its own declaration is our fault, not the caller's. */
function checkReply(schema: NonNullable<RouteDef<string>["ok"]>, result: unknown, call: CallInfo): unknown {
  const parsed = schema.safeParse(result);
  if (parsed.success) return parsed.data;
  throw new Error(`${call.operation} answered something it does not declare: ${parsed.error.message}`);
}

function replyWith(body: unknown, status: number, call: CallInfo, replayed: boolean): Response {
  const headers = new Headers({ "x-request-id": call.requestId, "cache-control": "no-store" });
  if (replayed) headers.set("idempotent-replayed", "true");
  const tag = tagOf(body);
  if (tag) headers.set("etag", tag);
  if (status === 204) return new Response(null, { status, headers });
  headers.set("content-type", "application/json");
  return new Response(JSON.stringify(body), { status, headers });
}

function documentRoute(
  route: Route<never, string> | Route,
): Parameters<OpenAPIHono["openAPIRegistry"]["registerPath"]>[0] {
  const { method, path } = parseSignature(route.signature);
  const { def } = route;
  const errors: ErrorCode[] = [
    ...(def.errors ?? []),
    ...(def.action === "public" ? [] : (["unauthenticated", "forbidden"] as const)),
    ...(def.params || def.query || def.body ? (["invalid"] as const) : []),
    ...(def.body ? (["too_large", "unsupported_media_type"] as const) : []),
    ...(def.streamMaxBytes ? (["too_large"] as const) : []),
    ...(def.ifMatch ? (["stale", "precondition_required"] as const) : []),
  ];
  const problems = Object.fromEntries(
    [...new Set(errors.map((code) => HTTP_STATUS[code]))].map((status) => [
      status,
      { description: "Problem", content: { "application/problem+json": { schema: ProblemSchema } } },
    ]),
  );
  const success = def.download
    ? {
        description: def.summary,
        content: { "application/octet-stream": { schema: { type: "string", format: "binary" } } },
      }
    : def.events
      ? { description: def.summary, content: { "text/event-stream": { schema: def.events } } }
      : def.ok
        ? { description: def.summary, content: { "application/json": { schema: def.ok } } }
        : { description: "Done" };
  return createRoute({
    method: method.toLowerCase() as Lowercase<typeof method>,
    path,
    operationId: operationIdOf(route.signature),
    summary: def.summary,
    ...(def.description ? { description: def.description } : {}),
    security: def.action === "public" ? [] : [{ bearer: [] }, { session: [] }],
    request: {
      ...(def.params ? { params: def.params } : {}),
      ...(def.query ? { query: def.query } : {}),
      ...(def.body ? { body: { required: true, content: { "application/json": { schema: def.body } } } } : {}),
      ...(def.streamMaxBytes
        ? {
            body: {
              required: true,
              content: {
                [def.streamMediaType ?? "application/octet-stream"]: { schema: { type: "string", format: "binary" } },
              },
            },
          }
        : {}),
    },
    responses: { [def.ok || def.download || def.events ? (def.status ?? 200) : 204]: success, ...problems },
  } as Parameters<typeof createRoute>[0]);
}

/** The HEAD of a protocol's path: no body goes in, none comes out. */
function documentHead(route: Route<never, string> | Route, summary: string): ReturnType<typeof documentRoute> {
  const { request, ...documented } = documentRoute(route);
  const { 204: _appended, ...problems } = documented.responses;
  return {
    ...documented,
    method: "head",
    operationId: documented.operationId?.replace(/^[a-z]+/, "head"),
    summary,
    request: { ...request, body: undefined },
    responses: { 200: { description: summary }, ...problems },
  } as ReturnType<typeof documentRoute>;
}

/** "POST /cutovers/{cutoverId}/rollback" → "post_cutovers_cutoverId_rollback". */
const operationIdOf = (signature: string): string =>
  signature
    .replace(/[^A-Za-z0-9]+/g, "_")
    .replace(/_$/, "")
    .replace(/^[A-Z]+/, (method) => method.toLowerCase());
