import { createHash } from "node:crypto";
import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { AppError, notFound } from "#lib/platform/errors.ts";
import { getTenant } from "#lib/registry/tenants/tenant-store.ts";
import type { EvalCase } from "./eval-case.ts";
import { generateSuite, generatorVersion } from "./generate-suite.ts";
import { hashSuite } from "./hash-suite.ts";
import type { CreateSuite, Suite } from "./schema.ts";
import { insertSuite, lockSubject, newestRevision } from "./store.ts";
import { toSuite } from "./view-run.ts";

/** A suite's identity, as `EvalSuite.hash` keeps it. */
export const hashOf = (cases: readonly EvalCase[]): string =>
  hashSuite(cases, (text) => createHash("sha256").update(text).digest("hex"));

/**
 * Generates a suite for a tenant; under a name that exists it becomes the next revision.
 * @throws AppError `not_found`, or `conflict` (`suite_unchanged`)
 */
export async function createSuite(ctx: Ctx, input: CreateSuite & { tenantId: string }): Promise<Suite> {
  const { tenantId, name, count } = input;
  const tenant = await getTenant(ctx.tx, tenantId);
  if (tenant === null) throw notFound("tenant");
  const seed = input.seed ?? tenant.slug;
  const cases = generateSuite({ seed, count });
  const hash = hashOf(cases);
  await lockSubject(ctx.tx, `suite:${tenantId}`);
  const newest = await newestRevision(ctx.tx, tenantId, name);
  if (newest?.hash === hash) throw unchanged(name, newest.revision);
  const revision = (newest?.revision ?? 0) + 1;
  const suite = await insertSuite(ctx.tx, { tenantId, name, revision, seed, hash }, cases);
  await audit(ctx, {
    action: "suite.create",
    object: { type: "suite", id: suite.id },
    tenantId,
    after: { name, revision, seed, count, hash, generatorVersion },
  });
  return toSuite(suite);
}

function unchanged(name: string, revision: number): AppError {
  const message = `Revision ${revision} of ${name} has exactly these prompts already.`;
  const fix = "Use that revision, or give another seed or count.";
  const field = { field: "seed", code: "suite_unchanged", message, fix };
  return new AppError("conflict", message, { reason: "suite_unchanged", fix, fields: [field] });
}
