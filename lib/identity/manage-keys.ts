import type * as z from "zod";
import { invalidField, notFound } from "#lib/platform/errors.ts";
import { newId } from "#lib/platform/ids.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { type Actor, makerOf } from "./actor.ts";
import { generateApiKey, parseApiKey, sameHash } from "./api-key.ts";
import { audit } from "./audit.ts";
import type { Ctx, Deps } from "./ctx.ts";
import { type ApiKey, type CreateApiKey, PLATFORM_KEY_SCOPES, TENANT_KEY_SCOPES } from "./schema.ts";
import { createKeyRow, findKey, findKeyByPrefix, revokeKeyRow, tenantNames, touchKey } from "./store.ts";
import { requireStaying } from "./tenant-access-store.ts";

const DAY_MS = 86_400_000;

/** Makes a key and answers it whole, once. @throws AppError when a scope is not for this kind of key */
export async function createApiKey(
  ctx: Ctx,
  input: z.output<typeof CreateApiKey> & { tenantId: string | null },
): Promise<ApiKey & { key: string }> {
  const allowed: readonly string[] = input.tenantId === null ? PLATFORM_KEY_SCOPES : TENANT_KEY_SCOPES;
  const wrong = input.scopes.find((scope) => !allowed.includes(scope));
  if (wrong)
    throw invalidField(
      "scopes",
      "scope_not_allowed",
      `${wrong} is not for this kind of key.`,
      `Use: ${allowed.join(", ")}.`,
    );
  if (input.tenantId !== null) {
    if ((await tenantNames(ctx.tx, [input.tenantId])).length === 0) throw notFound("tenant");
    await requireStaying(ctx.tx, input.tenantId);
  }
  const now = ctx.clock.now();
  const { key, prefix, hash } = generateApiKey();
  const row = await createKeyRow(ctx.tx, {
    id: newId("apiKey"),
    tenantId: input.tenantId,
    name: input.name,
    prefix,
    hash,
    scopes: [...new Set(input.scopes)],
    createdById: makerOf(ctx.actor),
    createdAt: now,
    expiresAt: input.expiresInDays === null ? null : new Date(now.getTime() + input.expiresInDays * DAY_MS),
  });
  await audit(ctx, { action: "key.create", object: { type: "key", id: row.id }, tenantId: row.tenantId, after: row });
  return { ...row, key };
}

/** Ends a key at once: the gateway hears of it by notification. Revoking twice changes nothing more. */
export async function revokeApiKey(ctx: Ctx, input: { keyId: string }): Promise<ApiKey> {
  const before = await findKey(ctx.tx, input.keyId);
  if (!before) throw notFound("key");
  await revokeKeyRow(ctx.tx, before.id, ctx.clock.now());
  const after = (await findKey(ctx.tx, before.id)) ?? before;
  await audit(ctx, {
    action: "key.revoke",
    object: { type: "key", id: before.id },
    tenantId: before.tenantId,
    before,
    after,
  });
  return after;
}

/** Who a presented key acts for; null when it is unknown, wrong, expired or revoked. */
export async function actorOfKey(deps: Deps, presented: string): Promise<Actor | null> {
  const { prefix, hash } = parseApiKey(presented);
  const now = deps.clock.now();
  return deps.db.read(platformScope, async (tx) => {
    const row = await findKeyByPrefix(tx, prefix);
    if (!row || !sameHash(row.hash, hash)) return null;
    if (row.revokedAt || (row.expiresAt && row.expiresAt <= now)) return null;
    await touchKey(tx, row, now);
    const { id: keyId, name, tenantId, nodeId, scopes } = row;
    return { kind: "key", keyId, name, tenantId, nodeId, scopes };
  });
}
