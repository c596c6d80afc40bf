import type { Ctx } from "#lib/identity/ctx.ts";
import { notFound } from "#lib/platform/errors.ts";
import type { PoolMemory, VersionMemory } from "#lib/pools/browser/memory-schema.ts";
import { poolMemory, versionMemory } from "#lib/pools/memory.ts";
import { getPool } from "#lib/pools/store.ts";
import { listLiveRanks } from "#lib/registry/adapters/adapter-store.ts";
import { getVersion } from "#lib/registry/versions/version-store.ts";
import { servingNodes } from "./memory-store.ts";

/** What a version takes on the nodes of its pool. @throws AppError `not_found` */
export async function readVersionMemory({ tx, clock }: Ctx, versionId: string): Promise<VersionMemory> {
  const version = await getVersion(tx, versionId);
  const pool = version && (await getPool(tx, version.poolId));
  if (version === null || pool === null) throw notFound("version");
  return versionMemory(pool, version, await servingNodes(tx, pool.id), clock.now().toISOString());
}

/** What a pool's slots and CPU caches take. @throws AppError `not_found` */
export async function readPoolMemory({ tx, clock }: Ctx, poolId: string): Promise<PoolMemory> {
  const pool = await getPool(tx, poolId);
  if (pool === null) throw notFound("pool");
  const [live, nodes] = [await listLiveRanks(tx, poolId), await servingNodes(tx, poolId)];
  return poolMemory(pool, live, nodes, clock.now().toISOString());
}
