import type { Ctx } from "#lib/identity/ctx.ts";
import { notFound } from "#lib/platform/errors.ts";
import { getTenant } from "#lib/registry/tenants/tenant-store.ts";
import type { CreateSuite, Suite } from "../browser/suite-schema.ts";
import { generateSuite, generatorVersion } from "../generate-suite.ts";
import { addSuite } from "./add-suite.ts";
import { holdOutShare } from "./hold-out.ts";
import { toSuite } from "./show-suite.ts";

/**
 * Generates a suite for a tenant; under a name that exists it becomes the next revision.
 * @throws AppError `not_found`, or `conflict` (`suite_unchanged`)
 */
export async function createSuite(ctx: Ctx, input: CreateSuite & { tenantId: string }): Promise<Suite> {
  const { tenantId, name, count, holdOutShare: share } = input;
  const tenant = await getTenant(ctx.tx, tenantId);
  if (tenant === null) throw notFound("tenant");
  const seed = input.seed ?? tenant.slug;
  const cases = holdOutShare(generateSuite({ seed, count }), share, seed);
  return toSuite(
    await addSuite(ctx, { tenantId, name, source: "generated", seed, cases, details: { generatorVersion } }),
  );
}
