import type { Database } from "#lib/platform/db.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { touchKeys } from "./store.ts";

/** When keys were last used, as the gateway saw it, in one statement. A time that is older than the one kept changes nothing. */
export async function recordKeyUse(db: Database, uses: readonly { keyId: string; at: Date }[]): Promise<void> {
  if (uses.length === 0) return;
  await db.write(platformScope, (tx) => touchKeys(tx, uses));
}
