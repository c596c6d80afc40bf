import type { Tx } from "#lib/platform/db.ts";
import { listAccepted, listAcceptedOf } from "./objective-store.ts";
import { viewObjectives } from "./show-objective.ts";

/**
 * Accepted objectives of tenants whose budget is gone, each in a sentence, by tenant. A customer's are those that are meant
 * for them.
 */
export async function missedObjectives(
  tx: Tx,
  tenantIds: readonly string[],
  now: Date,
): Promise<Map<string, string[]>> {
  const views = await viewObjectives(tx, await listAcceptedOf(tx, tenantIds), now);
  const missed = new Map<string, string[]>();
  for (const { scope, state, promise, outcome } of views) {
    if (state !== "missed") continue;
    const own = missed.get(scope.id) ?? [];
    missed.set(scope.id, [...own, `Objective missed: ${promise} (${outcome}).`]);
  }
  return missed;
}

/** How many accepted objectives of tenants and pools are missed. */
export async function countMissed(tx: Tx, now: Date): Promise<number> {
  const views = await viewObjectives(tx, await listAccepted(tx), now);
  return views.filter(({ state }) => state === "missed").length;
}
