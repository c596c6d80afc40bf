import type { ChartPart } from "#lib/metrics/browser/chart-metrics.ts";
import type { Tx } from "#lib/platform/db.ts";

/** What a part is called while no object stands behind it. */
export const NONE = "none";

/** What parts are called. */
export async function namesOfParts(tx: Tx, by: ChartPart, ids: readonly string[]): Promise<Map<string, string>> {
  const where = { id: { in: [...ids] } };
  switch (by) {
    case "tenant": {
      const rows = await tx.client.tenant.findMany({ where, select: { id: true, name: true } });
      return named(rows, "No tenant");
    }
    case "adapter": {
      const rows = await tx.client.adapter.findMany({
        where,
        select: { id: true, slug: true, tenant: { select: { slug: true } } },
      });
      const full = rows.map(({ id, slug, tenant }) => ({ id, name: `${tenant.slug} / ${slug}` }));
      return named(full, "No adapter");
    }
    case "node":
      return named(await tx.client.node.findMany({ where, select: { id: true, name: true } }), "No node");
    case "pool":
      return named(await tx.client.pool.findMany({ where, select: { id: true, name: true } }), "No node");
  }
}

const named = (rows: readonly { id: string; name: string }[], none: string): Map<string, string> =>
  new Map([...rows.map(({ id, name }): [string, string] => [id, name]), [NONE, none]]);
