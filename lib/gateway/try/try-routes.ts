import * as z from "zod";
import type { RawCall } from "#lib/http/route.ts";
import { idOf } from "#lib/http/schema.ts";
import { actorKey } from "#lib/identity/actor.ts";
import type { Ctx, Deps } from "#lib/identity/ctx.ts";
import { rawRoute } from "#lib/identity/route.ts";
import { AppError, notFound } from "#lib/platform/errors.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { getTenant } from "#lib/registry/tenants/tenant-store.ts";
import { TryEventSchema, TryRequest } from "../browser/try-schema.ts";
import { readSettings } from "../snapshot/build-snapshot.ts";
import { readSettingRows } from "../snapshot/store.ts";
import { eventStream } from "./event-stream.ts";
import { tryRequest } from "./try-request.ts";

const BODY_MAX_BYTES = 256_000;
/** Trials of one person or key that may run at once. */
const MAX_RUNNING = 4;

const def = {
  summary: "Send one request as a tenant and read the reply",
  description:
    "The request goes through the gateway like a customer's, marked as a probe, so that it counts in no usage. The reply is a stream of events: head (status and headers), chunk, end (tokens and times), or problem. Customers send as their own tenant and are not told which node answered.",
  action: "request.try",
  params: z.object({ tenantId: idOf("ten") }),
  body: TryRequest,
  bodyMaxBytes: BODY_MAX_BYTES,
  ok: null,
  events: TryEventSchema,
  errors: ["not_found", "rate_limited"],
  unaudited: "a trial changes nothing; it appears in the request traces",
} as const;

/** How many trials each caller has running in this process. */
const running = new Map<string, number>();

export const tryRoutes = [rawRoute("POST /tenants/{tenantId}/try", def, respond)] as const;

async function respond({ request, params, body, requestId, read }: RawCall<typeof def, Ctx>): Promise<Response> {
  const { deps, caller, showsNodes } = await read(async (ctx) => {
    if (!(await getTenant(ctx.tx, params.tenantId))) throw notFound("tenant");
    return { deps: ctx.deps, caller: actorKey(ctx.actor), showsNodes: ctx.scope.kind === "platform" };
  });
  const { tenantHeader } = readSettings(await deps.db.read(platformScope, readSettingRows));
  const release = takePlace(caller);
  const gone = new AbortController();
  const signal = AbortSignal.any([gone.signal, request.signal]);
  const events = tryRequest({ deps, tenantId: params.tenantId, tenantHeader, ask: body, showsNodes }, signal);
  return eventStream(guarded(events, deps, release), requestId, () => {
    gone.abort();
    release(); // what was never begun ends without a word
  });
}

/** @throws AppError `rate_limited` when the caller has too many running */
function takePlace(caller: string): () => void {
  const count = running.get(caller) ?? 0;
  if (count >= MAX_RUNNING)
    throw new AppError("rate_limited", `You have ${MAX_RUNNING} trials running.`, {
      reason: "too_many_trials",
      fix: "Wait until one has ended.",
      retryAfterSeconds: 5,
    });
  running.set(caller, count + 1);
  let isHeld = true;
  return () => {
    if (!isHeld) return;
    isHeld = false;
    const left = (running.get(caller) ?? 1) - 1;
    if (left > 0) running.set(caller, left);
    else running.delete(caller);
  };
}

type Events = ReturnType<typeof tryRequest>;
async function* guarded(events: Events, { log }: Deps, release: () => void): Events {
  try {
    yield* events;
  } catch (error) {
    log.error("a trial failed inside Switchyard", { error });
    yield {
      type: "problem",
      code: "internal",
      detail: "Something went wrong on our side.",
      fix: "Try again; if it happens again, report it.",
    };
  } finally {
    release();
  }
}
