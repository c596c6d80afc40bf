import type { ApiHost } from "#lib/http/api.ts";
import { type Actor, actorKey } from "#lib/identity/actor.ts";
import { bearerToken } from "#lib/identity/api-key.ts";
import { type Ctx, type Deps, readCtx, writeCtx } from "#lib/identity/ctx.ts";
import { actorOfKey } from "#lib/identity/manage-keys.ts";
import { type Action, isNodeKey, roleCan, roleIn } from "#lib/identity/policy.ts";
import { AppError, forbidden, notFound } from "#lib/platform/errors.ts";
import { platformScope, type Scope, tenantScope } from "#lib/platform/scope.ts";

export type Caller = { actor: Actor; scope: Scope; ambient: boolean };

/** Which of their tenants a customer acts in: the header chooses, else the first. Staff act on the platform. */
export function scopeOf(actor: Actor, request: Request): Scope {
  if (actor.kind === "key") return actor.tenantId === null ? platformScope : tenantScope(actor.tenantId);
  if (actor.kind === "system" || actor.staffRole !== null) return platformScope;
  const wanted = request.headers.get("x-switchyard-tenant");
  const membership = actor.memberships.find(({ tenantId }) => wanted === null || tenantId === wanted);
  if (!membership) throw forbidden("You are not a member of any customer here.", "Ask an admin for an invitation.");
  return tenantScope(membership.tenantId);
}

/** Connects the HTTP layer to identity. `sessionActor` is given by the web process; elsewhere only keys work. */
export function createHost(deps: Deps, sessionActor: () => Promise<Actor | null>): ApiHost<Ctx, Action, Caller> {
  const authenticate = async (request: Request): Promise<Caller | null> => {
    const header = request.headers.get("authorization");
    if (header === null) {
      const actor = await sessionActor();
      return actor && { actor, scope: scopeOf(actor, request), ambient: true };
    }
    const token = bearerToken(header);
    const actor = token && (await actorOfKey(deps, token));
    if (!actor)
      throw new AppError("unauthenticated", "The API key is not valid.", {
        reason: "bad_key",
        fix: "Check that it was copied whole, and that it was not revoked.",
      });
    return { actor, scope: scopeOf(actor, request), ambient: false };
  };
  const who = (caller: Caller | null, requestId: string) => ({
    actor: caller?.actor ?? ({ kind: "system", name: "anonymous" } as const),
    scope: caller?.scope ?? platformScope,
    requestId,
  });
  return {
    authenticate,
    authorise: (caller, action, params) => authorise(caller, action, params),
    keyOf: (caller) => actorKey(caller.actor),
    isAmbient: (caller) => caller.ambient,
    read: (caller, call, work) => readCtx(deps, who(caller, call.requestId), work),
    write: (caller, call, work) =>
      writeCtx(deps, who(caller, call.requestId), async (ctx) => {
        const result = await work(ctx);
        const expected = call.unaudited ? 0 : 1;
        if (ctx.trail.count !== expected)
          throw new Error(`${call.operation} wrote ${ctx.trail.count} audit rows instead of ${expected}`);
        return result;
      }),
    onError: (error, call) => {
      if (!(error instanceof AppError)) deps.log.error("request failed", { ...call, error });
    },
  };
}

/** A customer who names another tenant is told that there is none, whatever the action. */
function authorise(caller: Caller, action: Action | "signed_in", params: Record<string, string>): void {
  const { actor, scope } = caller;
  if (action === "signed_in" && !isNodeKey(actor)) return;
  if (scope.kind === "tenant" && params.tenantId !== undefined && params.tenantId !== scope.tenantId)
    throw notFound("tenant");
  if (action !== "signed_in" && roleCan(actor, action, scope)) return;
  const role = roleIn(actor, scope);
  throw forbidden(
    role === null ? "This key has no access to the API." : `The role ${role} may not do this (${action}).`,
    "Ask a platform admin.",
  );
}
