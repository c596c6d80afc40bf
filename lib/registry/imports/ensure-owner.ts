import type { Deps } from "#lib/identity/ctx.ts";
import { readAs, writeAs } from "#lib/jobs/act-as.ts";
import type { RunningJob } from "#lib/jobs/job-handler.ts";
import { AppError, conflict } from "#lib/platform/errors.ts";
import { createAdapter } from "../adapters/create-adapter.ts";
import { CreateAdapter, CreateTenant } from "../schema.ts";
import { createTenant } from "../tenants/create-tenant.ts";
import { getImport, getRow, noteSeen, type RowRecord } from "./import-store.ts";
import { readOwners } from "./known-names-store.ts";

type Names = Pick<RowRecord, "tenantSlug" | "tenantName" | "adapterSlug" | "adapterName">;

/** Refuses what came into being under a row's names without anybody having decided that it is meant. */
export const takenMeanwhile = (what: "tenant" | "adapter", slug: string): AppError =>
  conflict(
    `${what}_taken_meanwhile`,
    `Someone else added ${what === "tenant" ? "a tenant" : "an adapter"} called ${slug} in the meantime.`,
    "Choose another slug; or, if it is the one that is meant, check the row again.",
    `${what}Slug`,
  );

type Owner = { tenantId: string | null; adapterId: string | null };

/** The tenant and adapter that stand under a row's names, where the row is known to mean them. @throws AppError `conflict` */
async function seenOwner(
  deps: Deps,
  job: RunningJob,
  importId: string,
  rowId: string,
): Promise<Owner & { row: RowRecord }> {
  const { row, tenants, adapters } = await readAs(deps, job, async ({ tx }) => {
    const slug = (await getRow(tx, importId, rowId))?.tenantSlug;
    const owners = await readOwners(tx, slug === undefined ? [] : [slug]);
    // what the row knows is read after who is there: another row that makes them tells both in one transaction
    return { row: await getRow(tx, importId, rowId), ...owners };
  });
  if (row === null) throw conflict("row_gone", "The row is gone.");
  const [tenant] = tenants;
  if (tenant && tenant.id !== row.facts.seenTenantId) throw takenMeanwhile("tenant", row.tenantSlug);
  const adapter = adapters.find(({ tenantId, slug }) => tenantId === tenant?.id && slug === row.adapterSlug);
  if (adapter && adapter.id !== row.facts.seenAdapterId) throw takenMeanwhile("adapter", row.adapterSlug);
  return { row, tenantId: tenant?.id ?? null, adapterId: adapter?.id ?? null };
}

/**
 * Finds or makes a row's tenant and adapter, each in a transaction of its own that also tells the import's other rows: a
 * second try finds what the first one made.
 * @throws AppError `conflict` when somebody else took a name meanwhile
 */
export async function ensureOwner(deps: Deps, job: RunningJob, importId: string, rowId: string): Promise<string> {
  for (let turn = 0; ; turn += 1) {
    const { row, tenantId, adapterId } = await seenOwner(deps, job, importId, rowId);
    if (adapterId !== null) return adapterId;
    try {
      if (tenantId === null) await makeTenant(deps, job, importId, row);
      else await makeAdapter(deps, job, importId, { ...row, tenantId });
    } catch (error) {
      // another row of this import was quicker: the next turn finds what it made, or says that it was somebody else
      if (turn >= 4 || !(error instanceof AppError && error.reason === "slug_taken")) throw error;
    }
  }
}

const makeTenant = (deps: Deps, job: RunningJob, importId: string, row: Names): Promise<void> =>
  writeAs(deps, job, async (ctx) => {
    const { id } = await createTenant(ctx, CreateTenant.parse({ slug: row.tenantSlug, name: row.tenantName }));
    await noteSeen(ctx.tx, importId, { tenantSlug: row.tenantSlug, tenantId: id });
  });

const makeAdapter = (deps: Deps, job: RunningJob, importId: string, row: Names & { tenantId: string }): Promise<void> =>
  writeAs(deps, job, async (ctx) => {
    const poolId = (await getImport(ctx.tx, importId))?.poolId;
    const input = CreateAdapter.parse({ slug: row.adapterSlug, name: row.adapterName, poolId });
    const { id } = await createAdapter(ctx, { ...input, tenantId: row.tenantId });
    await noteSeen(ctx.tx, importId, { ...row, adapterId: id });
  });
