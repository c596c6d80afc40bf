import * as z from "zod";
import type { Tx } from "#lib/platform/db.ts";
import { RELEASE_POLICY_SETTING } from "#lib/registry/tenants/initial-policy-store.ts";
import type { Prisma } from "#prisma/generated/client.ts";
import { NO_POLICY, type ReleasePolicy, ReleasePolicySchema } from "../browser/policy-schema.ts";

/** A policy as a tenant has it, and since when: it does nothing by itself with what was there before. */
export type TenantPolicy = { policy: ReleasePolicy; since: Date | null };

const Stored = z.object({ policy: ReleasePolicySchema, since: z.iso.datetime() });

/** What is stored cannot be read: nothing happens by itself, and whatever goes live is agreed to first. */
const UNREADABLE: ReleasePolicy = { ...NO_POLICY, beforeLive: "platform" };

export function parsePolicy(stored: unknown): TenantPolicy {
  if (stored === null || stored === undefined) return { policy: NO_POLICY, since: null };
  const { data } = Stored.safeParse(stored);
  return data ? { policy: data.policy, since: new Date(data.since) } : { policy: UNREADABLE, since: null };
}

/** A tenant's release policy, for the platform. */
export async function readPolicy(tx: Tx, tenantId: string): Promise<ReleasePolicy> {
  const row = await tx.client.tenant.findUnique({ where: { id: tenantId }, select: { releasePolicy: true } });
  return parsePolicy(row?.releasePolicy).policy;
}

/** The same with the generation of its tenant, which counts edits of both; null = there is no such tenant. */
export async function readTenantPolicy(
  tx: Tx,
  tenantId: string,
): Promise<(TenantPolicy & { generation: number }) | null> {
  const row = await tx.client.tenant.findUnique({
    where: { id: tenantId },
    select: { releasePolicy: true, generation: true },
  });
  return row && { ...parsePolicy(row.releasePolicy), generation: row.generation };
}

/** @returns false when the tenant is no longer at `generation` */
export async function writeTenantPolicy(
  tx: Tx,
  tenantId: string,
  generation: number,
  { policy, since }: { policy: ReleasePolicy; since: Date },
): Promise<boolean> {
  const releasePolicy = { policy, since: since.toISOString() } satisfies Prisma.InputJsonObject;
  const { count } = await tx.client.tenant.updateMany({
    where: { id: tenantId, generation },
    data: { releasePolicy, generation: { increment: 1 } },
  });
  return count === 1;
}

/** What new tenants begin with, and how often that was edited. */
export async function readDefaultPolicy(tx: Tx): Promise<{ policy: ReleasePolicy; generation: number }> {
  const row = await tx.client.setting.findUnique({ where: { key: RELEASE_POLICY_SETTING } });
  const policy = ReleasePolicySchema.safeParse(row?.value).data ?? NO_POLICY;
  return { policy, generation: 1 + (row?.generation ?? 0) };
}

export async function writeDefaultPolicy(tx: Tx, policy: ReleasePolicy): Promise<void> {
  await tx.client.setting.upsert({
    where: { key: RELEASE_POLICY_SETTING },
    create: { key: RELEASE_POLICY_SETTING, value: policy },
    update: { value: policy, generation: { increment: 1 } },
    select: { key: true },
  });
}
