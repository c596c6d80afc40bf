import { actorLabel } from "#lib/identity/actor.ts";
import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { conflict, invalid, notFound } from "#lib/platform/errors.ts";
import { newId } from "#lib/platform/ids.ts";
import { clearDefaultAdapter, countAdapters, insertAdapter } from "../adapters/adapter-store.ts";
import { checkFileSet } from "../browser/file-set.ts";
import { fileSetProblems } from "../intake/create-draft.ts";
import { CreateTenant } from "../schema.ts";
import { slugTaken } from "../tenants/create-tenant.ts";
import { requireHostedIn } from "../tenants/require-hosted-endpoint.ts";
import { insertTenant, lockTenant } from "../tenants/tenant-store.ts";
import { getVersion, insertVersion, nextVersionNumber, type VersionRecord } from "../versions/version-store.ts";
import { moveRow, noteSeen, readFindings } from "./import-store.ts";
import { isRunnable } from "./row-state.ts";
import { requireOpenImport, type StandingRow, standingRows } from "./view-import.ts";

/**
 * Makes or finds a row's tenant and adapter and opens the draft that its files are then sent to, all at once. Asked again,
 * it answers the same draft, so that an upload that broke off goes on.
 * @throws AppError `not_found`, `conflict` (`server_import`, `row_not_ready`), `invalid` naming files that may not be there
 */
export async function openRow(ctx: Ctx, input: { importId: string; rowId: string }): Promise<VersionRecord> {
  const { record } = await requireOpenImport(ctx, input.importId);
  if (record.kind !== "browser")
    throw conflict("server_import", "The server reads these folders itself.", "Run the import instead.");
  const found = await requireOpenImport(ctx, input.importId);
  const row = (await standingRows(ctx, found)).find(({ id }) => id === input.rowId);
  if (row === undefined) throw notFound("row");
  const version = (await openVersion(ctx, row)) ?? (await makeVersion(ctx, record.poolId, record.name, row));
  await audit(ctx, {
    action: "import.open_row",
    object: { type: "version", id: version.id },
    tenantId: version.tenantId,
    after: {
      importId: record.id,
      row: row.position,
      tenant: { id: version.tenantId, isNew: row.verdict.tenantId === null },
      adapter: { id: version.adapterId, isNew: row.verdict.adapterId === null },
      number: version.number,
    },
  });
  return version;
}

/** The draft that is open already, or the version that came of it. */
const openVersion = async (ctx: Ctx, { versionId, version }: StandingRow): Promise<VersionRecord | null> =>
  versionId === null || version?.state === "rejected" ? null : getVersion(ctx.tx, versionId);

async function makeVersion(ctx: Ctx, poolId: string, importName: string, row: StandingRow): Promise<VersionRecord> {
  if (!isRunnable(row.state))
    throw conflict(
      "row_not_ready",
      `The row is ${row.state}.`,
      "Fix the problems of the row first, or include it again.",
    );
  const files = (await readFindings(ctx.tx, [row.id])).get(row.id)?.files ?? [];
  const problems = fileSetProblems(checkFileSet(files).findings);
  if (problems.length > 0) throw invalid(problems);
  const tenantId = row.verdict.tenantId ?? (await makeTenant(ctx, row));
  const adapterId = row.verdict.adapterId ?? (await makeAdapter(ctx, { ...row, tenantId, poolId }));
  await noteSeen(ctx.tx, row.importId, { ...row, tenantId, adapterId });
  const at = ctx.clock.now();
  const version = await insertVersion(ctx.tx, {
    id: newId("version"),
    tenantId,
    adapterId,
    number: await nextVersionNumber(ctx.tx, adapterId),
    files,
    origin: { by: actorLabel(ctx.actor), at: at.toISOString(), source: "upload", note: `Imported by ${importName}.` },
    at,
  });
  await moveRow(ctx.tx, row.id, [row.stored], { versionId: version.id, message: null });
  return version;
}

async function makeTenant(ctx: Ctx, row: StandingRow): Promise<string> {
  const tenant = await insertTenant(ctx.tx, CreateTenant.parse({ slug: row.tenantSlug, name: row.tenantName }));
  if (tenant === null) throw slugTaken(`There is already a tenant called ${row.tenantSlug}.`);
  return tenant.id;
}

async function makeAdapter(ctx: Ctx, input: StandingRow & { tenantId: string; poolId: string }): Promise<string> {
  const { tenantId, poolId, adapterSlug: slug, adapterName: name } = input;
  const tenant = await lockTenant(ctx.tx, tenantId);
  if (tenant === null) throw notFound("tenant");
  await requireHostedIn(ctx, tenant, poolId);
  const isDefault = (await countAdapters(ctx.tx, tenantId)) === 0;
  if (isDefault) await clearDefaultAdapter(ctx.tx, tenantId);
  const adapter = await insertAdapter(ctx.tx, { tenantId, poolId, slug, name, isDefault });
  if (adapter === null) throw slugTaken(`There is already an adapter called ${slug}.`);
  return adapter.id;
}
