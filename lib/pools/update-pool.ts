import { staleEdit } from "#lib/http/etag.ts";
import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { notFound } from "#lib/platform/errors.ts";
import type { UpdatePool } from "./schema.ts";
import { changePool, getPool, type PoolRecord } from "./store.ts";

/**
 * Changes what needs no engine restart: name, fallback, batch wait.
 * @throws AppError `not_found`, or `stale` when the pool was edited since the caller read it
 */
export async function updatePool(
  ctx: Ctx,
  input: { poolId: string; expectedGeneration: number; change: UpdatePool },
): Promise<PoolRecord> {
  const before = await getPool(ctx.tx, input.poolId);
  if (before === null) throw notFound("pool");
  if (!(await changePool(ctx.tx, before.id, input.expectedGeneration, input.change))) throw staleEdit();
  const after = await getPool(ctx.tx, before.id);
  if (after === null) throw notFound("pool");
  const changed = Object.keys(input.change) as (keyof UpdatePool)[];
  await audit(ctx, {
    action: "pool.update",
    object: { type: "pool", id: before.id },
    tenantId: null,
    before: Object.fromEntries(changed.map((key) => [key, before[key]])),
    after: Object.fromEntries(changed.map((key) => [key, after[key]])),
  });
  return after;
}
