import type { Tx } from "#lib/platform/db.ts";
import type { Prisma } from "#prisma/generated/client.ts";
import {
  OFFBOARDING_STEPS,
  type OffboardingState,
  type OffboardingStep,
  type OffboardingStepName,
} from "../browser/offboarding-schema.ts";
import type { TenantStatus, VersionState } from "../schema.ts";
import { FILES_HOLDER } from "../versions/version-status.ts";

const json = (value: unknown) => value as Prisma.InputJsonValue;

/** A tenant that is being taken away, or of which something is still to be cleared. */
export type LeavingTenant = { id: string; slug: string; name: string; status: TenantStatus };

/** Tenants that the loop has to look after, oldest first. */
export async function leavingTenants(tx: Tx): Promise<LeavingTenant[]> {
  const left = await tx.client.offboardingStep.findMany({
    where: { step: "residency", state: "skipped" },
    select: { tenantId: true },
  });
  return tx.client.tenant.findMany({
    where: {
      OR: [{ status: "offboarding" }, { status: "archived", id: { in: left.map(({ tenantId }) => tenantId) } }],
    },
    orderBy: { id: "asc" },
    select: { id: true, slug: true, name: true, status: true },
  });
}

export async function insertSteps(tx: Tx, tenantId: string): Promise<void> {
  await tx.client.offboardingStep.createMany({
    data: OFFBOARDING_STEPS.map((step, position) => ({ tenantId, step, position })),
    skipDuplicates: true,
  });
}

/** In order; [] = its off-boarding has not begun. */
export async function listSteps(tx: Tx, tenantId: string): Promise<OffboardingStep[]> {
  const rows = await tx.client.offboardingStep.findMany({ where: { tenantId }, orderBy: { position: "asc" } });
  return rows.map((row) => ({
    step: row.step as OffboardingStepName,
    state: row.state,
    message: row.message,
    record: row.record as Record<string, unknown>,
    startedAt: row.startedAt?.toISOString() ?? null,
    finishedAt: row.finishedAt?.toISOString() ?? null,
  }));
}

export async function getStep(tx: Tx, tenantId: string, step: OffboardingStepName): Promise<OffboardingStep | null> {
  return (await listSteps(tx, tenantId)).find((one) => one.step === step) ?? null;
}

type StepChange = {
  state: OffboardingState;
  message: string;
  record: Record<string, unknown>;
  startedAt: Date | null;
  finishedAt: Date | null;
};

export async function saveStep(tx: Tx, tenantId: string, step: OffboardingStepName, change: StepChange): Promise<void> {
  await tx.client.offboardingStep.update({
    where: { tenantId_step: { tenantId, step } },
    data: { ...change, record: json(change.record) },
  });
}

export async function setTenantStatus(tx: Tx, tenantId: string, status: TenantStatus): Promise<void> {
  await tx.client.tenant.update({ where: { id: tenantId }, data: { status, generation: { increment: 1 } } });
}

export type TenantVersion = {
  id: string;
  number: number;
  adapterSlug: string;
  state: VersionState;
  digest: string | null;
  loraName: string | null;
  storePath: string | null;
  sizeBytes: number;
  files: number;
  holders: string[];
};

/** Every version a tenant ever had. */
export async function versionsOfTenant(tx: Tx, tenantId: string): Promise<TenantVersion[]> {
  const rows = await tx.client.adapterVersion.findMany({
    where: { tenantId },
    orderBy: { id: "asc" },
    select: {
      id: true,
      number: true,
      state: true,
      digest: true,
      loraName: true,
      storePath: true,
      sizeBytes: true,
      adapter: { select: { slug: true } },
      retentions: { select: { holder: true } },
      _count: { select: { files: true } },
    },
  });
  return rows.map(({ adapter, retentions, _count, sizeBytes, ...version }) => ({
    ...version,
    adapterSlug: adapter.slug,
    sizeBytes: Number(sizeBytes),
    files: _count.files,
    holders: retentions.map(({ holder }) => holder),
  }));
}

/** Points all routes of a tenant nowhere. @returns what was live */
export async function clearRoutes(
  tx: Tx,
  tenantId: string,
): Promise<{ adapterSlug: string; liveVersionId: string | null; previousVersionId: string | null }[]> {
  const isSet = { not: null };
  const where = {
    tenantId,
    OR: [
      { liveVersionId: isSet },
      { previousVersionId: isSet },
      { candidateVersionId: isSet },
      { mirrorVersionId: isSet },
    ],
  };
  const rows = await tx.client.route.findMany({
    where,
    select: { liveVersionId: true, previousVersionId: true, adapter: { select: { slug: true } } },
  });
  await tx.client.route.updateMany({
    where,
    data: {
      liveVersionId: null,
      previousVersionId: null,
      liveSince: null,
      candidateVersionId: null,
      candidateWeight: 0,
      mirrorVersionId: null,
      mirrorShare: 0,
      generation: { increment: 1 },
    },
  });
  return rows.map(({ adapter, ...pointers }) => ({ adapterSlug: adapter.slug, ...pointers }));
}

/** Takes back everybody's hold on a tenant's versions, but what nodes may still be reading. */
export async function dropRetentions(tx: Tx, tenantId: string, kept: readonly string[]): Promise<void> {
  await tx.client.versionRetention.deleteMany({ where: { tenantId, holder: { notIn: [...kept, FILES_HOLDER] } } });
}
