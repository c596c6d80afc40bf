import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import type { Job } from "#lib/jobs/schema.ts";
import { startJob } from "#lib/jobs/start-job.ts";
import { conflict } from "#lib/platform/errors.ts";
import { changeImport, moveRow, sendRows } from "./import-store.ts";
import { isRunnable } from "./row-state.ts";
import { type OpenImport, requireIdleImport, type StandingRow, standingRows } from "./view-import.ts";

export const CHECK_JOB = "import_check";
export const IMPORT_JOB = "import";

/**
 * Has the server read and check the folders of an import's rows. Whoever asks decides over their names as they stand: a
 * tenant that came into being meanwhile is then meant.
 * @throws AppError `not_found`, `conflict` (`import_busy`, `browser_import`, `nothing_to_check`)
 */
export async function startCheck(ctx: Ctx, input: { importId: string; rowIds?: readonly string[] }): Promise<Job> {
  const found = await requireIdleImport(ctx, input.importId);
  requireOnServer(found);
  const wanted = input.rowIds && new Set(input.rowIds);
  const rows = (await standingRows(ctx, found)).filter(
    ({ id, state }) => state !== "imported" && state !== "skipped" && (wanted?.has(id) ?? true),
  );
  if (rows.length === 0)
    throw conflict(
      "nothing_to_check",
      "No row is left to check.",
      "Take up rows that were skipped, or start a new import.",
    );
  for (const row of rows.filter(hasNews)) {
    const { tenantId, adapterId } = row.verdict;
    const facts = { ...row.facts, seenTenantId: tenantId, seenAdapterId: adapterId };
    await moveRow(ctx.tx, row.id, [row.stored], { facts });
  }
  const count = rows.length === 1 ? "1 folder" : `${rows.length} folders`;
  return send(ctx, found, rows, { kind: CHECK_JOB, title: `Check ${count} of ${found.record.name}` });
}

const hasNews = ({ facts, verdict }: StandingRow): boolean =>
  facts.seenTenantId !== verdict.tenantId || facts.seenAdapterId !== verdict.adapterId;

/**
 * Brings in every row that is valid, and those that failed before; the rest stays in the draft.
 * @throws AppError `not_found`, `conflict` (`import_busy`, `browser_import`, `nothing_to_import`)
 */
export async function startRun(ctx: Ctx, input: { importId: string }): Promise<Job> {
  const found = await requireIdleImport(ctx, input.importId);
  requireOnServer(found);
  const rows = (await standingRows(ctx, found)).filter(({ state }) => isRunnable(state));
  if (rows.length === 0)
    throw conflict(
      "nothing_to_import",
      "No row is ready to be imported.",
      "Fix the problems of the rows, or check them first.",
    );
  const count = rows.length === 1 ? "1 row" : `${rows.length} rows`;
  return send(ctx, found, rows, { kind: IMPORT_JOB, title: `Import ${count} of ${found.record.name}` });
}

function requireOnServer({ record }: OpenImport): void {
  if (record.kind !== "browser") return;
  throw conflict(
    "browser_import",
    "The folders of this import are on a person's own machine.",
    "Drop them into the import's page: it checks and sends them.",
  );
}

async function send(
  ctx: Ctx,
  { record }: OpenImport,
  rows: readonly StandingRow[],
  job: { kind: typeof CHECK_JOB | typeof IMPORT_JOB; title: string },
): Promise<Job> {
  const isImport = job.kind === IMPORT_JOB;
  const started = await startJob(ctx, {
    ...job,
    input: { importId: record.id },
    items: rows.map((row) => ({ key: row.id, label: `${row.tenantSlug}/${row.adapterSlug}` })),
  });
  await sendRows(
    ctx.tx,
    rows.map(({ id }) => id),
    isImport ? "importing" : "checking",
  );
  await changeImport(ctx.tx, record.id, { jobId: started.id, state: isImport ? "importing" : "open" });
  await audit(ctx, {
    action: isImport ? "import.run" : "import.check",
    object: { type: "import", id: record.id },
    tenantId: null,
    after: { jobId: started.id, rows: rows.length },
  });
  return started;
}
