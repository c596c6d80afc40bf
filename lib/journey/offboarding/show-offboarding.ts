import type { Ctx } from "#lib/identity/ctx.ts";
import { readResidue } from "#lib/metrics/offboarding/residue.ts";
import { requestsSince } from "#lib/metrics/offboarding/residue-store.ts";
import { notFound } from "#lib/platform/errors.ts";
import type { Offboarding, OffboardingPreview, OffboardingStep } from "#lib/registry/browser/offboarding-schema.ts";
import { listSteps } from "#lib/registry/offboarding/offboarding-store.ts";
import { getTenant } from "#lib/registry/tenants/tenant-store.ts";
import { archivedAt, countBelongings, placedNodes } from "./offboarding-facts-store.ts";

const HOUR_MS = 3_600_000;

/**
 * What off-boarding a tenant would take away; once it has begun, how far it is and what it has removed, for good.
 * @throws AppError `not_found`
 */
export async function showOffboarding(ctx: Ctx, tenantId: string): Promise<Offboarding> {
  const tenant = await getTenant(ctx.tx, tenantId);
  if (tenant === null) throw notFound("tenant");
  const steps = await listSteps(ctx.tx, tenantId);
  const traffic = steps.find(({ step }) => step === "traffic");
  const { slug, name, status } = tenant;
  return {
    tenantId,
    slug,
    name,
    status,
    preview: steps.length === 0 ? await preview(ctx, tenantId) : null,
    steps: steps.map(withoutDocument),
    restartNodes: steps.find(({ step }) => step === "residency")?.record.restartNodes === true,
    startedBy: typeof traffic?.record.startedBy === "string" ? traffic.record.startedBy : null,
    startedAt: traffic?.startedAt ?? null,
    archivedAt: status === "archived" ? await archivedAt(ctx.tx, tenantId) : null,
    hasExport: steps.some(({ step, state }) => step === "export" && state === "done"),
  };
}

/** The exported document has a route of its own. */
export const withoutDocument = ({ record, ...step }: OffboardingStep): OffboardingStep => {
  const { document, ...rest } = record;
  return { ...step, record: rest };
};

async function preview(ctx: Ctx, tenantId: string): Promise<OffboardingPreview> {
  const since = new Date(ctx.clock.now().getTime() - HOUR_MS);
  const residue = await readResidue(ctx, tenantId);
  return {
    ...(await countBelongings(ctx.tx, tenantId)),
    placements: await placedNodes(ctx.tx, tenantId),
    requestsLastHour: await requestsSince(ctx.tx, tenantId, since),
    residue: residue.map(({ poolId, isPlaced, ...node }) => node),
  };
}
