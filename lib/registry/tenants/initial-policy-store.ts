import type { Tx } from "#lib/platform/db.ts";
import type { Prisma } from "#prisma/generated/client.ts";

/** Where the catalog keeps the release policy that new tenants begin with. The cutover room reads and writes it. */
export const RELEASE_POLICY_SETTING = "release_policy";

/** What a new tenant's release policy is, as it is stored: the platform's own, in force from now on; none = none. */
export async function initialReleasePolicy(tx: Tx, now: Date): Promise<{ releasePolicy?: Prisma.InputJsonObject }> {
  const row = await tx.client.setting.findUnique({
    where: { key: RELEASE_POLICY_SETTING },
    select: { value: true },
  });
  if (row === null || row.value === null) return {};
  return { releasePolicy: { policy: row.value, since: now.toISOString() } };
}
