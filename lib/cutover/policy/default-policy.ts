import { staleEdit } from "#lib/http/etag.ts";
import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { lockSettings } from "#lib/pools/settings/settings-store.ts";
import { formatPolicy } from "../browser/format-policy.ts";
import type { DefaultReleasePolicy, ReleasePolicy } from "../browser/policy-schema.ts";
import { readDefaultPolicy, writeDefaultPolicy } from "./policy-store.ts";

/** The release policy that new tenants begin with. */
export async function showDefaultPolicy(ctx: Ctx): Promise<DefaultReleasePolicy> {
  const { policy, generation } = await readDefaultPolicy(ctx.tx);
  return { policy, sentence: formatPolicy(policy), generation };
}

/** Changes what new tenants begin with; those that are there keep what they have. @throws AppError `stale` */
export async function setDefaultPolicy(
  ctx: Ctx,
  { policy, expectedGeneration }: { policy: ReleasePolicy; expectedGeneration: number },
): Promise<DefaultReleasePolicy> {
  await lockSettings(ctx.tx);
  const before = await readDefaultPolicy(ctx.tx);
  if (before.generation !== expectedGeneration) throw staleEdit();
  await writeDefaultPolicy(ctx.tx, policy);
  await audit(ctx, {
    action: "settings.set_release_policy",
    object: { type: "settings", id: "settings" },
    tenantId: null,
    before: before.policy,
    after: policy,
  });
  return showDefaultPolicy(ctx);
}
