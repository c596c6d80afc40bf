import type * as z from "zod";
import type { ErrorCode } from "#lib/platform/errors.ts";
import type { Download } from "./download.ts";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
export type Signature = `${Method} /${string}`;

/** What one endpoint promises. The same object validates requests, checks replies, types the client and prints OpenAPI. */
export type RouteDef<Action> = {
  summary: string;
  description?: string;
  /** What the caller must be allowed to do; "public" needs no sign-in, "signed_in" only needs one. */
  action: Action | "public" | "signed_in";
  params?: z.ZodObject;
  query?: z.ZodObject;
  body?: z.ZodType;
  /** Largest JSON body; 2 MB where it is not said. */
  bodyMaxBytes?: number;
  /** The body holds files that are read and not stored: text that the database cannot keep is the use case's matter. */
  anyText?: boolean;
  /** Shape of the reply; null = 204 without a body. */
  ok: z.ZodType | null;
  status?: 200 | 201 | 202;
  /** The reply is a stream of bytes (a `Download`) instead of `ok`; only for reads. */
  download?: true;
  /** The reply is a stream of server-sent events of this shape instead of `ok`; only for raw routes. */
  events?: z.ZodType;
  errors?: readonly ErrorCode[];
  /** Edits need the generation the caller saw, as `If-Match`. */
  ifMatch?: boolean;
  /** The body is a stream of bytes that `prepare` reads from the request; at most this many. */
  streamMaxBytes?: number;
  /** Media type of such a body; application/octet-stream where it is not said. */
  streamMediaType?: string;
  /** The reply holds a secret that is shown once: it is not kept for replays. */
  secretReply?: boolean;
  /** The rare mutation that leaves no audit row, with the reason. */
  unaudited?: string;
};

export type Parsed<D> = {
  params: D extends { params: infer P extends z.ZodType } ? z.output<P> : Record<never, never>;
  query: D extends { query: infer Q extends z.ZodType } ? z.output<Q> : Record<never, never>;
  body: D extends { body: infer B extends z.ZodType } ? z.output<B> : undefined;
  /** Generation from If-Match; 0 where the route does not ask for it. */
  expectedGeneration: number;
};
/** What a handler returns: the reply before it is serialised. */
export type Reply<D> = D extends { download: true }
  ? Download
  : D extends { ok: infer O }
    ? O extends z.ZodType
      ? z.input<O>
      : undefined
    : never;

export type Prepare<D, Ctx, P> = (call: {
  request: Request;
  params: Parsed<D>["params"];
  query: Parsed<D>["query"];
  body: Parsed<D>["body"];
  /** Reads in the caller's scope, before the transaction that writes. */
  read: <T>(query: (ctx: Ctx) => Promise<T>) => Promise<T>;
}) => Promise<P>;

/** What a raw route works with: it makes the whole reply, and opens as many transactions as its protocol needs. */
export type RawCall<D, Ctx> = {
  request: Request;
  params: Parsed<D>["params"];
  /** As the route declares it; undefined where the protocol reads the body itself. */
  body: Parsed<D>["body"];
  requestId: string;
  read: <T>(query: (ctx: Ctx) => Promise<T>) => Promise<T>;
  /** One transaction with exactly one audit row. */
  write: <T>(change: (ctx: Ctx) => Promise<T>) => Promise<T>;
  /** One transaction without an audit row; the reason stands in the code and goes nowhere. */
  writeUnaudited: <T>(reason: string, change: (ctx: Ctx) => Promise<T>) => Promise<T>;
};
export type Respond<D, Ctx> = (call: RawCall<D, Ctx>) => Promise<Response>;

export type Handler<D, Ctx, P> = (call: { ctx: Ctx; prepared: P } & Parsed<D>) => Promise<Reply<D>>;

export type Route<Ctx = unknown, Action = unknown, S extends Signature = Signature, D = RouteDef<Action>> = {
  signature: S;
  def: D;
  /** Work outside the database (look at a node, receive bytes) that must come before the transaction. */
  prepare: Prepare<never, Ctx, unknown> | null;
  handle: Handler<never, Ctx, never>;
  /** Set for a route that makes its own replies; `others` where its protocol is asked with HEAD and OPTIONS, too. */
  raw?: { respond: Respond<never, Ctx>; others: OtherMethods | null };
};

/** What a protocol's path answers beside its own method. */
export type OtherMethods = {
  /** What a HEAD asks, for the document; the reply is the route's own. */
  head: string;
  /** Answers OPTIONS, without a sign-in. */
  options: () => Response;
};

/** Types the routes of all rooms; `identity/route.ts` binds it to this product's context and actions. */
export function routeFactory<Ctx, Action extends string>() {
  type Def = RouteDef<Action>;
  const build = <S extends Signature, D extends Def, P>(
    signature: S,
    def: D,
    prepare: Prepare<D, Ctx, P> | null,
    handle: Handler<D, Ctx, P>,
  ): Route<Ctx, Action, S, D> => ({
    signature,
    def,
    prepare: prepare as unknown as Prepare<never, Ctx, unknown> | null,
    handle: handle as unknown as Handler<never, Ctx, never>,
  });
  return {
    /** A route whose whole work is one use case on the catalog. */
    route: <const S extends Signature, const D extends Def>(signature: S, def: D, handle: Handler<D, Ctx, undefined>) =>
      build<S, D, undefined>(signature, def, null, handle),
    /** A route that must look outside (a node, a body of bytes) before its transaction opens. */
    routeWithPrepare: <const S extends Signature, const D extends Def, P>(
      signature: S,
      def: D,
      prepare: Prepare<D, Ctx, P>,
      handle: Handler<D, Ctx, P>,
    ) => build<S, D, P>(signature, def, prepare, handle),
    /**
     * A route whose reply is its own, after the same checks: a protocol that others wrote (resumable uploads), or a stream
     * of events.
     */
    rawRoute: <const S extends Signature, const D extends Def>(
      signature: S,
      def: D,
      respond: Respond<D, Ctx>,
      others: OtherMethods | null = null,
    ): Route<Ctx, Action, S, D> => ({
      ...build<S, D, undefined>(signature, def, null, () => {
        throw new Error(`${signature} makes its own replies`);
      }),
      raw: { respond: respond as unknown as Respond<never, Ctx>, others },
    }),
  };
}

/** Splits "GET /tenants/{tenantId}" into its parts. */
export function parseSignature(signature: Signature): { method: Method; path: string } {
  const space = signature.indexOf(" ");
  return { method: signature.slice(0, space) as Method, path: signature.slice(space + 1) };
}
