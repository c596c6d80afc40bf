import type { Database } from "#lib/platform/db.ts";
import { newId } from "#lib/platform/ids.ts";
import { createLease } from "#lib/platform/lease.ts";
import { makePartitions } from "#lib/platform/partitions.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { saveMinutes } from "../derived/derived-rollup-store.ts";
import type { DerivedMinute } from "../derived/derived-rows.ts";
import { NODE_PARTITIONS } from "../node-minute/columns.ts";
import { saveTick } from "../node-minute/tick-store.ts";
import type { NodeRollup } from "../rollup.ts";

/** Stores what nodes counted, by the product's own statement. */
export async function storeRollups(db: Database, rows: readonly NodeRollup[]): Promise<void> {
  const name = newId("request");
  const lease = createLease(db, { name, holder: "test", ttlMs: 60_000 });
  const term = (await lease.acquire()) ?? 0n;
  await saveTick(db, { name, term }, rows, []);
  await lease.release(term);
}

/** Stores what followed for a node, minute by minute. */
export const storeDerived = (db: Database, nodeId: string, minutes: readonly DerivedMinute[]): Promise<void> =>
  db.write(platformScope, async (tx) => {
    await makePartitions(
      tx,
      NODE_PARTITIONS,
      minutes.map(({ at }) => at),
    );
    await saveMinutes(tx, { id: nodeId, simulated: true }, minutes);
  });

/** As if no node had ever counted anything. */
export const forgetCounted = (db: Database): Promise<void> =>
  db.write(platformScope, async ({ client }) => {
    for (const step of ["minute", "5_minutes", "hour"]) {
      await client.$executeRawUnsafe(`DELETE FROM metrics.node_${step}`);
      await client.$executeRawUnsafe(`DELETE FROM metrics.node_cache_${step} WHERE source = 'measured'`);
    }
  });

/** As if no node had ever been followed. */
export const forgetFollowed = (db: Database): Promise<void> =>
  db.write(platformScope, async ({ client }) => {
    for (const step of ["minute", "5_minutes", "hour"])
      await client.$executeRawUnsafe(`DELETE FROM metrics.node_cache_${step} WHERE source <> 'measured'`);
  });
