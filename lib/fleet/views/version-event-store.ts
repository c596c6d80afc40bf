import { pageArgs, toPage } from "#lib/http/cursor.ts";
import type { Page, PageQuery } from "#lib/http/schema.ts";
import type { Tx } from "#lib/platform/db.ts";
import type { LoadEvent } from "../schema.ts";

export type VersionEvent = LoadEvent & {
  /** null = the node was removed since. */
  nodeName: string | null;
};

/** What was done with one version on any node, newest first. */
export async function listVersionEvents(tx: Tx, versionId: string, query: PageQuery): Promise<Page<VersionEvent>> {
  const rows = await tx.client.loadEvent.findMany({ ...pageArgs(query), where: { versionId } });
  const nodes = await tx.client.node.findMany({
    where: { id: { in: [...new Set(rows.map(({ nodeId }) => nodeId))] } },
    select: { id: true, name: true },
  });
  const names = new Map(nodes.map(({ id, name }) => [id, name]));
  return toPage(
    rows.map((row) => ({
      ...(row as typeof row & Pick<LoadEvent, "kind" | "outcome">),
      at: row.at.toISOString(),
      nodeName: names.get(row.nodeId) ?? null,
    })),
    query.limit,
  );
}
