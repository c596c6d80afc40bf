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
  const include = { node: { select: { name: true } } };
  const rows = await tx.client.loadEvent.findMany({ ...pageArgs(query), where: { versionId }, include });
  return toPage(
    rows.map(({ node, ...row }) => ({
      ...(row as typeof row & Pick<LoadEvent, "kind" | "outcome">),
      at: row.at.toISOString(),
      nodeName: node?.name ?? null,
    })),
    query.limit,
  );
}
