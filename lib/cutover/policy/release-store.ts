import type { RunState } from "#lib/evals/schema.ts";
import type { Tx } from "#lib/platform/db.ts";
import { RELEASE_ACTOR } from "./by-policy.ts";
import type { ReleaseAction } from "./decide-release.ts";
import { parsePolicy, type TenantPolicy } from "./policy-store.ts";

/** The newest version of an adapter, as far as its tenant's policy reaches beyond the checks. */
export type DueVersion = {
  policy: TenantPolicy["policy"];
  versionId: string;
  adapterId: string;
  number: number;
  isReady: boolean;
  isDue: boolean;
};

/** Of tenants that stay and are served. */
export async function dueVersions(tx: Tx): Promise<DueVersion[]> {
  const tenants = await tx.client.tenant.findMany({
    where: { status: "active", releasePolicy: { not: { equals: null } } },
    select: { id: true, releasePolicy: true },
  });
  const policies = new Map(
    tenants.flatMap(({ id, releasePolicy }) => {
      const found = parsePolicy(releasePolicy);
      return found.policy.reach === "checks" || found.since === null ? [] : [[id, found] as const];
    }),
  );
  const adapters = await tx.client.adapter.findMany({
    where: { tenantId: { in: [...policies.keys()] } },
    orderBy: { id: "asc" },
    select: {
      id: true,
      tenantId: true,
      route: { select: { liveVersionId: true } },
      versions: {
        where: { state: { notIn: ["draft", "rejected", "deleted", "retired"] } },
        orderBy: { number: "desc" },
        select: { id: true, number: true, state: true, createdAt: true },
      },
    },
  });
  return adapters.flatMap(({ id: adapterId, tenantId, route, versions }) => {
    const found = policies.get(tenantId);
    const newest = versions[0];
    if (!found || !newest) return [];
    const live = versions.find(({ id }) => id === route?.liveVersionId)?.number ?? 0;
    return {
      policy: found.policy,
      versionId: newest.id,
      adapterId,
      number: newest.number,
      isReady: newest.state === "ready",
      isDue: newest.number > live && found.since !== null && newest.createdAt >= found.since,
    };
  });
}

/** What the policy and others did with a version so far. */
export async function readReleaseHistory(tx: Tx, versionId: string) {
  const run = await tx.client.evalRun.findFirst({
    where: { candidateVersionId: versionId, gates: true },
    orderBy: { id: "desc" },
    select: { state: true, verdict: { select: { outcome: true } } },
  });
  return {
    run: run && { state: run.state as RunState, outcome: run.verdict?.outcome ?? null },
    runsStarted: await tx.client.evalRun.count({
      where: { candidateVersionId: versionId, requestedBy: RELEASE_ACTOR },
    }),
    wasCutOver: (await tx.client.cutover.count({ where: { toVersionId: versionId } })) > 0,
    isPlaced: (await tx.client.placement.count({ where: { versionId, desire: "present" } })) > 0,
    release: await tx.client.versionRelease.findUnique({ where: { versionId } }),
  };
}

type Outcome = { action: ReleaseAction; message: string; at: Date };

/** It went through. */
export async function recordOutcome(tx: Tx, versionId: string, { action, message, at }: Outcome): Promise<void> {
  const said = { action, message, tries: 0, failedAt: null, nextTryAt: null, updatedAt: at };
  await upsert(tx, versionId, said);
}

/** It was refused, and is tried again later. */
export async function putFailed(
  tx: Tx,
  versionId: string,
  { action, message, at, tries, nextTryAt }: Outcome & { tries: number; nextTryAt: Date },
): Promise<void> {
  await upsert(tx, versionId, { action, message, tries, failedAt: at, nextTryAt, updatedAt: at });
}

type PolicyRow = {
  action: ReleaseAction;
  message: string;
  tries: number;
  failedAt: Date | null;
  nextTryAt: Date | null;
  updatedAt: Date;
};

async function upsert(tx: Tx, versionId: string, said: PolicyRow): Promise<void> {
  const version = await tx.client.adapterVersion.findUniqueOrThrow({
    where: { id: versionId },
    select: { tenantId: true },
  });
  await tx.client.versionRelease.upsert({
    where: { versionId },
    create: { versionId, tenantId: version.tenantId, ...said },
    update: said,
    select: { versionId: true },
  });
}
