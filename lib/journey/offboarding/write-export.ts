import { createHash } from "node:crypto";
import { type Ctx, systemRead } from "#lib/identity/ctx.ts";
import { listAuditEntries } from "#lib/identity/store.ts";
import { conflict, notFound } from "#lib/platform/errors.ts";
import { getStep, listSteps } from "#lib/registry/offboarding/offboarding-store.ts";
import { recordOffboardingStep } from "#lib/registry/offboarding/record-offboarding-step.ts";
import { fencedStep, OFFBOARDING_ACTOR, type StepWorker } from "#lib/registry/offboarding/step-worker.ts";
import { getTenant } from "#lib/registry/tenants/tenant-store.ts";
import { readTenantDocument } from "./offboarding-facts-store.ts";
import { withoutDocument } from "./show-offboarding.ts";

/** Newest first; what is older stays in the audit trail. */
const AUDIT_ENTRIES = 1_000;

/** Writes down what a tenant was, before its bytes go: adapters, versions with digests and reports, gates, audit. */
export const writeExport: StepWorker = {
  step: "export",
  async advance({ deps, fence, tenant }) {
    const document = await systemRead(deps, OFFBOARDING_ACTOR, (ctx) => gather(ctx, tenant.id));
    const text = JSON.stringify(document);
    await fencedStep(deps, fence, (ctx) =>
      recordOffboardingStep(ctx, {
        tenantId: tenant.id,
        step: "export",
        state: "done",
        message: "The record of its adapters, versions, gates and audit entries is kept.",
        record: {
          document: JSON.parse(text),
          exportedAt: ctx.clock.now().toISOString(),
          bytes: Buffer.byteLength(text),
          sha256: createHash("sha256").update(text).digest("hex"),
        },
      }),
    );
  },
};

async function gather(ctx: Ctx, tenantId: string): Promise<unknown> {
  const audit = [];
  for (let cursor: string | undefined; audit.length < AUDIT_ENTRIES; ) {
    const page = await listAuditEntries(ctx.tx, { tenantId, limit: 200, ...(cursor ? { cursor } : {}) });
    audit.push(...page.items);
    if (page.nextCursor === null) break;
    cursor = page.nextCursor;
  }
  const document = { ...(await readTenantDocument(ctx.tx, tenantId)), audit };
  return JSON.parse(JSON.stringify(document, (_key, value) => (typeof value === "bigint" ? Number(value) : value)));
}

/** The exported record, with what was removed where and when as of now. @throws AppError `not_found`, `conflict` */
export async function readExport(ctx: Ctx, tenantId: string) {
  if ((await getTenant(ctx.tx, tenantId)) === null) throw notFound("tenant");
  const step = await getStep(ctx.tx, tenantId, "export");
  if (step?.state !== "done")
    throw conflict("not_exported", "There is no export of this tenant yet.", "It is written while it is off-boarded.");
  const { document, exportedAt, sha256 } = step.record;
  return {
    format: "switchyard-tenant-export-1" as const,
    exportedAt: String(exportedAt),
    sha256: String(sha256),
    document: document as Record<string, unknown>,
    offboarding: (await listSteps(ctx.tx, tenantId)).map(withoutDocument),
  };
}
