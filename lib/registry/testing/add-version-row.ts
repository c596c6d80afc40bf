import type { Deps } from "#lib/identity/ctx.ts";
import { newId } from "#lib/platform/ids.ts";
import { platformScope } from "#lib/platform/scope.ts";
import type { VersionState } from "../schema.ts";

/** A version as it stands in the catalog, without bytes: for what only reads rows. */
export type VersionRow = {
  number: number;
  state: VersionState;
  rank?: number;
  bytes?: number;
  digest?: string;
  targetModules?: string[];
  moduleNorms?: Record<string, [number, number]>;
};

/** Adds the row; `staged` retains it, `live` points the route at it as well. @returns its id */
export async function addVersionRow(
  { db }: Pick<Deps, "db">,
  adapterId: string,
  row: VersionRow,
  as?: "live" | "staged",
): Promise<string> {
  const id = newId("version");
  const digest = row.digest ?? `${row.number}`.repeat(64);
  await db.write(platformScope, async ({ client }) => {
    const { tenantId, slug, tenant } = await client.adapter.findUniqueOrThrow({
      where: { id: adapterId },
      include: { tenant: { select: { slug: true } } },
    });
    await client.adapterVersion.create({
      data: {
        id,
        tenantId,
        adapterId,
        number: row.number,
        state: row.state,
        rank: row.rank ?? null,
        sizeBytes: row.bytes ?? 0,
        digest,
        loraName: `${tenant.slug}--${slug}--v${row.number}-${digest.slice(0, 12)}`,
        targetModules: row.targetModules ?? [],
        origin: { by: "test", at: new Date().toISOString(), source: "upload", note: null },
        ...(row.moduleNorms ? { moduleNorms: row.moduleNorms } : {}),
      },
    });
    if (as !== undefined)
      await client.versionRetention.create({
        data: { versionId: id, holder: `stage:${id}`, tenantId, reason: "test" },
      });
    if (as === "live")
      await client.route.update({ where: { adapterId }, data: { liveVersionId: id, liveSince: new Date() } });
  });
  return id;
}
