import type { Clock } from "#lib/platform/clock.ts";
import type { Database, Tx } from "#lib/platform/db.ts";
import { newId } from "#lib/platform/ids.ts";
import type { Log } from "#lib/platform/log.ts";
import type { LoopRegistry } from "#lib/platform/loop-registry.ts";
import type { Mailer } from "#lib/platform/mail.ts";
import type { Outbound } from "#lib/platform/outbound.ts";
import { platformScope, type Scope } from "#lib/platform/scope.ts";
import type { Secrets } from "#lib/platform/secrets.ts";
import { type Actor, systemActor } from "./actor.ts";

/** The outside world a use case may need, built once per process. */
export type Deps = {
  db: Database;
  clock: Clock;
  log: Log;
  secrets: Secrets;
  /** Guarded HTTP: sizes and times are capped, some addresses refused. */
  outbound: Outbound;
  /** Absolute path of the adapter store. */
  adapterStore: string;
  /** Base URL of the gateway, without a slash at the end; what customers are told and evals go through. */
  gatewayUrl: string;
  /** Sends e-mail; left out = SMTP_URL is not set. */
  mailer?: Mailer | undefined;
  /** Where people open the console, without a slash at the end; left out = links in messages are paths. */
  consoleUrl?: string | undefined;
  /** Of a worker: what its loops do. */
  loops?: LoopRegistry | undefined;
};

/** What a use case runs in: one scoped transaction, and who asked. */
export type Ctx = {
  tx: Tx;
  scope: Scope;
  actor: Actor;
  requestId: string;
  clock: Clock;
  log: Log;
  deps: Deps;
  /** Audit rows written so far in this transaction. */
  trail: { count: number };
};

const makeCtx = (deps: Deps, tx: Tx, actor: Actor, requestId: string): Ctx => ({
  tx,
  scope: tx.scope,
  actor,
  requestId,
  clock: deps.clock,
  log: deps.log,
  deps,
  trail: { count: 0 },
});

export const readCtx = <T>(
  deps: Deps,
  who: { actor: Actor; scope: Scope; requestId: string },
  query: (ctx: Ctx) => Promise<T>,
): Promise<T> => deps.db.read(who.scope, (tx) => query(makeCtx(deps, tx, who.actor, who.requestId)));

export const writeCtx = <T>(
  deps: Deps,
  who: { actor: Actor; scope: Scope; requestId: string },
  change: (ctx: Ctx) => Promise<T>,
): Promise<T> => deps.db.write(who.scope, (tx) => change(makeCtx(deps, tx, who.actor, who.requestId)));

/** Reads in the caller's scope, outside the transaction that writes. */
export type ReadCatalog = <T>(query: (ctx: Ctx) => Promise<T>) => Promise<T>;

/** A worker's own transaction over the whole fleet. */
export const systemWrite = <T>(deps: Deps, name: string, change: (ctx: Ctx) => Promise<T>): Promise<T> =>
  writeCtx(deps, { actor: systemActor(name), scope: platformScope, requestId: newId("request") }, change);

export const systemRead = <T>(deps: Deps, name: string, query: (ctx: Ctx) => Promise<T>): Promise<T> =>
  readCtx(deps, { actor: systemActor(name), scope: platformScope, requestId: newId("request") }, query);
