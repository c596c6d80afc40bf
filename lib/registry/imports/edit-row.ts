import { staleEdit } from "#lib/http/etag.ts";
import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { conflict, invalidField, notFound } from "#lib/platform/errors.ts";
import { hasErrors } from "../browser/finding.ts";
import type { EditRow, ImportRow, RowState } from "../browser/import-schema.ts";
import { scanFields } from "./create-import.ts";
import { editRowAt, type RowChange, readFindings } from "./import-store.ts";
import { readOwners } from "./known-names-store.ts";
import { type OpenImport, requireOpenImport, type StandingRow, standingRows, viewRow } from "./view-import.ts";

/**
 * Mends a row in place: its names, its folder in a table, what a browser saw of it, or whether it is skipped. Whoever
 * writes names, also the same ones again, decides over them: an existing tenant of that slug is then meant.
 * @throws AppError `not_found`, `stale`, `conflict` (`row_imported`, `row_busy`), `invalid`
 */
export async function editRow(
  ctx: Ctx,
  input: { importId: string; rowId: string; expectedGeneration: number; change: EditRow },
): Promise<ImportRow> {
  const found = await requireOpenImport(ctx, input.importId);
  const row = (await standingRows(ctx, found)).find(({ id }) => id === input.rowId);
  if (row === undefined) throw notFound("row");
  requireEditable(row);
  const change = await changeOf(ctx, found, row, input.change);
  if (!(await editRowAt(ctx.tx, { id: row.id, generation: input.expectedGeneration }, change))) throw staleEdit();
  const { look: scan, ...named } = input.change;
  const keys = Object.keys(named) as (keyof typeof named)[];
  await audit(ctx, {
    action: "import.edit_row",
    object: { type: "import", id: found.record.id },
    tenantId: null,
    before: { row: row.position, ...Object.fromEntries(keys.map((key) => [key, beforeOf(row, key)])) },
    after: { row: row.position, ...named, ...(scan ? { files: scan.files.length } : {}) },
  });
  return viewRow(ctx, input);
}

const beforeOf = (row: StandingRow, key: Exclude<keyof EditRow, "look">) =>
  key === "skip" ? row.state === "skipped" : row[key];

function requireEditable(row: StandingRow): void {
  if (row.state === "imported")
    throw conflict("row_imported", "The row is imported already.", "Change the version on its own page.");
  if (row.state === "importing") throw conflict("row_busy", "The row is being imported.", "Wait until that has ended.");
}

async function changeOf(ctx: Ctx, { record }: OpenImport, row: StandingRow, edit: EditRow): Promise<RowChange> {
  const { skip, location, look: scan, ...names } = edit;
  const change: RowChange = { ...names };
  let facts = row.facts;
  if (Object.keys(names).length > 0) {
    facts = { ...facts, ...(await seenUnder(ctx, { ...row, ...names })) };
    change.isGuess = false;
  }
  if (location !== undefined) {
    if (record.kind !== "csv") throw onlyFor("location", "csv", "The folder is where the row came from.");
    facts = { ...facts, artifact: null };
    Object.assign(change, { location, findings: [], files: [], state: "unchecked", message: null });
  }
  if (scan !== undefined) {
    if (record.kind !== "browser") throw onlyFor("look", "browser", "The server reads these folders itself.");
    facts = { ...facts, artifact: scan.artifact };
    Object.assign(change, { ...scanFields(scan), message: null }, await versionAfter(ctx, row, scan.files));
  }
  if (skip === true) change.state = "skipped";
  if (skip === false && row.state === "skipped") change.state = await stateBefore(ctx, row);
  return { ...change, facts };
}

const onlyFor = (field: string, kind: string, message: string) =>
  invalidField(field, `only_${kind}`, message, "Leave it out.");

/** What stands under a row's names at this moment. */
async function seenUnder(ctx: Ctx, names: { tenantSlug: string; adapterSlug: string }) {
  const { tenants, adapters } = await readOwners(ctx.tx, [names.tenantSlug]);
  const tenantId = tenants[0]?.id ?? null;
  const adapter = adapters.find((each) => each.tenantId === tenantId && each.slug === names.adapterSlug);
  return { seenTenantId: tenantId, seenAdapterId: adapter?.id ?? null };
}

/** A draft goes on with the files it was opened for; others need a draft of their own. */
async function versionAfter(ctx: Ctx, row: StandingRow, files: readonly { path: string; sizeBytes: number }[]) {
  const before = (await readFindings(ctx.tx, [row.id])).get(row.id)?.files ?? [];
  const isSame =
    before.length > 0 &&
    before.every((file) => files.some(({ path, sizeBytes }) => path === file.path && sizeBytes === file.sizeBytes));
  return isSame && row.version?.state === "draft" ? {} : { versionId: null };
}

/** A row that is taken up again is what its checks said of it. */
async function stateBefore(ctx: Ctx, row: StandingRow): Promise<RowState> {
  const findings = (await readFindings(ctx.tx, [row.id])).get(row.id)?.findings ?? [];
  if (findings.length === 0) return "unchecked";
  return hasErrors(findings) ? "invalid" : "valid";
}
