import { staleEdit } from "#lib/http/etag.ts";
import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { conflict, invalidField, notFound } from "#lib/platform/errors.ts";
import { checkHookUrl } from "#lib/platform/outbound.ts";
import { refuseAliases } from "./base-aliases.ts";
import { planRepair } from "./repair-pool.ts";
import { sealRestartSecret } from "./restart-secret.ts";
import type { UpdatePool } from "./schema.ts";
import { changePool, getPool, keepSharedEndpoint, lockPool, type PoolRecord, relyingTenants } from "./store.ts";

/**
 * Changes what needs no engine restart: name, policies, how nodes come to be restarted.
 * @throws AppError `not_found`, `stale` when the pool was edited since the caller read it, `invalid` naming restartUrl or
 * hostedEndpointId, or `conflict` (`endpoint_relied_on`, `adapters_loaded`)
 */
export async function updatePool(
  ctx: Ctx,
  input: { poolId: string; expectedGeneration: number; change: UpdatePool },
): Promise<PoolRecord> {
  const before = await getPool(ctx.tx, input.poolId);
  if (before === null) throw notFound("pool");
  const { restartSecret, ...change } = input.change;
  if (change.baseAliases !== undefined) {
    change.baseAliases = [...new Set(change.baseAliases)];
    refuseAliases(before, change.baseAliases);
  }
  Object.assign(change, await planRepair(ctx.tx, before, change));
  refuseRestartStep(before, input.change);
  await refuseHostedEndpoint(ctx, before, input.change);
  const secret =
    restartSecret === undefined
      ? {}
      : {
          sealedRestartSecret:
            restartSecret === null ? null : sealRestartSecret(ctx.deps.secrets, before.id, restartSecret),
        };
  if (!(await changePool(ctx.tx, before.id, input.expectedGeneration, { ...change, ...secret }))) throw staleEdit();
  const after = await getPool(ctx.tx, before.id);
  if (after === null) throw notFound("pool");
  const changed = Object.keys(change) as (keyof typeof change)[];
  // the trail tells that the secret changed, and nothing of it
  const audited = (pool: PoolRecord, secretWord: string) => ({
    ...Object.fromEntries(changed.map((key) => [key, pool[key]])),
    ...(restartSecret === undefined ? {} : { restartSecret: pool.hasRestartSecret ? secretWord : null }),
  });
  await audit(ctx, {
    action: "pool.update",
    object: { type: "pool", id: before.id },
    tenantId: null,
    before: audited(before, "set"),
    after: audited(after, "changed"),
  });
  return after;
}

/** A webhook without an address or a secret would fail only once a node waits for it. */
function refuseRestartStep(pool: PoolRecord, change: UpdatePool): void {
  const url = change.restartUrl === undefined ? pool.restartUrl : change.restartUrl;
  if (change.restartUrl) checkHookUrl(change.restartUrl, "restartUrl");
  if ((change.restartStep ?? pool.restartStep) !== "webhook") return;
  if (url === null)
    throw invalidField("restartUrl", "restart_url_missing", "The webhook has no address.", "Give its URL.");
  const hasSecret = change.restartSecret === undefined ? pool.hasRestartSecret : change.restartSecret !== null;
  if (!hasSecret)
    throw invalidField(
      "restartSecret",
      "restart_secret_missing",
      "The webhook has no secret, so its receiver could not verify that requests come from Switchyard.",
      "Give one of at least 16 characters.",
    );
}

/** A policy that sends requests nowhere would only show in the bad minute that it is there for. */
async function refuseHostedEndpoint(ctx: Ctx, pool: PoolRecord, change: UpdatePool): Promise<void> {
  const { fallback = pool.fallback, hostedEndpointId = pool.hostedEndpointId } = change;
  if (hostedEndpointId !== null && hostedEndpointId !== pool.hostedEndpointId)
    if (!(await keepSharedEndpoint(ctx.tx, hostedEndpointId)))
      throw invalidField(
        "hostedEndpointId",
        "unknown_endpoint",
        "There is no such endpoint that may answer for every tenant.",
        "Choose one of Settings, Endpoints that belongs to no tenant.",
      );
  if (hostedEndpointId !== null) return;
  if (fallback === "hosted_provider")
    throw invalidField(
      "hostedEndpointId",
      "endpoint_needed",
      "The policy sends requests to a hosted provider, and the pool has none.",
      "Choose an endpoint, or another policy.",
    );
  if (pool.hostedEndpointId === null) return;
  await lockPool(ctx.tx, pool.id);
  const relying = await relyingTenants(ctx.tx, pool.id);
  if (relying.length > 0)
    throw conflict(
      "endpoint_relied_on",
      `Tenants fall back to the pool's hosted provider: ${relying.join(", ")}.`,
      "Give each an endpoint of its own or another policy first.",
      "hostedEndpointId",
    );
}
