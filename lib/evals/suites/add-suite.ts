import { actorLabel } from "#lib/identity/actor.ts";
import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { AppError } from "#lib/platform/errors.ts";
import type { SuiteSource } from "../browser/suite-schema.ts";
import type { EvalCase, SuiteMatcher } from "../eval-case.ts";
import { lockSubject } from "../store.ts";
import { hashOf } from "./suite-hash.ts";
import { insertSuite, newestRevision, type SuiteRow } from "./suite-store.ts";

export type AddedSuite = {
  tenantId: string;
  name: string;
  source: SuiteSource;
  seed: string | null;
  cases: readonly EvalCase[];
  basedOnId?: string;
  templateId?: string;
  remarks?: string[];
  matchers?: readonly SuiteMatcher[];
  /** What the trail says beside name, revision and hash. */
  details: Record<string, unknown>;
};

/** Every change of a tenant's suites, and every start of a run, waits for the others. */
export const lockSuites = (ctx: Ctx, tenantId: string): Promise<void> => lockSubject(ctx.tx, `suite:${tenantId}`);

/**
 * Adds a suite; under a name that exists it becomes the next revision.
 * @throws AppError `conflict` (`suite_unchanged`) when the newest revision has exactly these prompts, unless it is a copy
 */
export async function addSuite(ctx: Ctx, added: AddedSuite): Promise<SuiteRow> {
  const { tenantId, name, source, seed, cases, basedOnId = null, matchers = [], details } = added;
  await lockSuites(ctx, tenantId);
  const hash = hashOf(cases);
  const newest = await newestRevision(ctx.tx, tenantId, name);
  if (newest?.hash === hash && basedOnId === null) throw unchanged(name, newest.revision);
  const revision = (newest?.revision ?? 0) + 1;
  const suite = await insertSuite(
    ctx.tx,
    {
      tenantId,
      name,
      revision,
      source,
      basedOnId,
      templateId: added.templateId ?? null,
      remarks: added.remarks ?? [],
      seed,
      hash,
      matchers,
      createdBy: actorLabel(ctx.actor),
      createdAt: ctx.clock.now(),
    },
    cases,
  );
  await audit(ctx, {
    action: "suite.create",
    object: { type: "suite", id: suite.id },
    tenantId,
    after: { name, revision, source, seed, count: cases.length, heldOut: suite.heldOut, hash, ...details },
  });
  return suite;
}

function unchanged(name: string, revision: number): AppError {
  const message = `Revision ${revision} of ${name} has exactly these prompts already.`;
  const fix = "Use that revision, or give another seed or count.";
  const field = { field: "seed", code: "suite_unchanged", message, fix };
  return new AppError("conflict", message, { reason: "suite_unchanged", fix, fields: [field] });
}
