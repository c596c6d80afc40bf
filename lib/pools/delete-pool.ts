import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { conflict, notFound } from "#lib/platform/errors.ts";
import { deletePoolRow, getPool, lockPool, usesOf } from "./store.ts";

/**
 * Deletes a pool that nothing serves from: no nodes, no versions, no import on its way. Adapters without a version go with
 * it, and with them their cutovers and evaluations; so do its rollouts and objectives.
 * @throws AppError `not_found`, or `conflict` (`pool_in_use`) naming what is in the way
 */
export async function deletePool(ctx: Ctx, poolId: string): Promise<void> {
  await lockPool(ctx.tx, poolId);
  const pool = await getPool(ctx.tx, poolId);
  if (pool === null) throw notFound("pool");
  const { nodes, versions, imports, routes } = await usesOf(ctx.tx, poolId);
  const inTheWay = [
    counted(nodes, "node"),
    counted(versions, "version"),
    counted(imports, "open import"),
    counted(routes, "customer's endpoint in its routes"),
  ].filter((each) => each !== null);
  if (inTheWay.length > 0)
    throw conflict(
      "pool_in_use",
      `The pool ${pool.name} still has ${inTheWay.join(", ")}.`,
      "Remove its nodes, off-board its tenants or delete their versions, and end its imports first.",
    );
  const adapters = await deletePoolRow(ctx.tx, poolId);
  const { id, slug, name, baseModel, adapterDirectory } = pool;
  await audit(ctx, {
    action: "pool.delete",
    object: { type: "pool", id },
    tenantId: null,
    before: { slug, name, baseModel, adapterDirectory, adapters },
  });
}

const counted = (count: number, noun: string): string | null =>
  count === 0 ? null : `${count} ${count === 1 ? noun : noun.replace(/^(\S+ )?(\w+)$/, "$1$2s")}`;
