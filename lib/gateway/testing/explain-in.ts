import { systemActor } from "#lib/identity/actor.ts";
import { readCtx } from "#lib/identity/ctx.ts";
import { systemClock } from "#lib/platform/clock.ts";
import { newId } from "#lib/platform/ids.ts";
import { silentLog } from "#lib/platform/log.ts";
import { createOutbound } from "#lib/platform/outbound.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { createSecrets } from "#lib/platform/secrets.ts";
import { type RouteExplanation, RouteExplanationSchema, type RouteQuery } from "../browser/route-schema.ts";
import { explainTenant } from "../explain/explain-tenant.ts";
import type { World } from "./gateway-world.ts";

/** Where a tenant's request would go now, as the API explains it. */
export function explainIn(world: World, tenantId: string, query: RouteQuery = {}): Promise<RouteExplanation> {
  const deps = {
    db: world.database.db,
    clock: systemClock,
    log: silentLog,
    secrets: createSecrets("ab".repeat(32)),
    outbound: createOutbound(),
    adapterStore: "/nowhere",
    gatewayUrl: "http://127.0.0.1:1",
  };
  const who = { actor: systemActor("test"), scope: platformScope, requestId: newId("request") };
  return readCtx(deps, who, async (ctx) => RouteExplanationSchema.parse(await explainTenant(ctx, tenantId, query)));
}
