import { newId } from "#lib/platform/ids.ts";
import { parseApiKey } from "./api-key.ts";
import { audit } from "./audit.ts";
import { type Deps, systemWrite } from "./ctx.ts";
import { BOOTSTRAP } from "./one-person.ts";
import { hashPassword } from "./password.ts";
import { PLATFORM_KEY_SCOPES } from "./schema.ts";
import { createKeyRow, createUser, findAccountByEmail, findKeyByPrefix } from "./store.ts";

/**
 * Makes sure the first admin (and the key from ADMIN_API_KEY) exist. Changes neither when they do: a password that was
 * changed in the console stays changed.
 */
export async function bootstrapAdmin(
  deps: Deps,
  admin: { email: string; password: string; apiKey: string | null },
): Promise<void> {
  const passwordHash = await hashPassword(admin.password);
  await systemWrite(deps, BOOTSTRAP, async (ctx) => {
    if (await findAccountByEmail(ctx.tx, admin.email.toLowerCase())) return;
    const id = newId("user");
    const user = {
      id,
      email: admin.email.toLowerCase(),
      name: "Admin",
      passwordHash,
      staffRole: "platform_admin" as const,
      createdById: BOOTSTRAP,
    };
    await createUser(ctx.tx, { ...user, membership: null });
    await audit(ctx, { action: "user.create", object: { type: "user", id }, tenantId: null, reason: "first admin" });
  });
  const { apiKey } = admin;
  if (apiKey === null) return;
  const { prefix, hash } = parseApiKey(apiKey);
  await systemWrite(deps, BOOTSTRAP, async (ctx) => {
    if (await findKeyByPrefix(ctx.tx, prefix)) return;
    const id = newId("apiKey");
    await createKeyRow(ctx.tx, {
      id,
      tenantId: null,
      name: "ADMIN_API_KEY",
      prefix,
      hash,
      scopes: [...PLATFORM_KEY_SCOPES],
      createdById: BOOTSTRAP,
      createdAt: ctx.clock.now(),
      expiresAt: null,
    });
    await audit(ctx, { action: "key.create", object: { type: "key", id }, tenantId: null, reason: "ADMIN_API_KEY" });
  });
}
