import type { Ctx } from "#lib/identity/ctx.ts";
import { conflict, notFound } from "#lib/platform/errors.ts";
import { getTenant } from "#lib/registry/tenants/tenant-store.ts";
import type { CreateSuite, Suite } from "../browser/suite-schema.ts";
import { addSuite } from "./add-suite.ts";
import { generateFromTools, toolGeneratorVersion } from "./from-tools/generate-from-tools.ts";
import { generateSuite, generatorVersion } from "./generator/generate-suite.ts";
import { holdOutShare } from "./hold-out.ts";
import { toSuite } from "./show-suite.ts";
import { getTools } from "./tools/tools-store.ts";

/**
 * Generates a suite for a tenant; under a name that exists it becomes the next revision.
 * @throws AppError `not_found`, or `conflict` (`suite_unchanged`, and as `createFromTools`)
 */
export async function createSuite(ctx: Ctx, input: CreateSuite & { tenantId: string }): Promise<Suite> {
  const { tenantId, name, count, holdOutShare: share } = input;
  const tenant = await getTenant(ctx.tx, tenantId);
  if (tenant === null) throw notFound("tenant");
  const seed = input.seed ?? tenant.slug;
  if (input.from === "tools") return createFromTools(ctx, { ...input, seed });
  const cases = holdOutShare(generateSuite({ seed, count }), share, seed);
  return toSuite(
    await addSuite(ctx, { tenantId, name, source: "generated", seed, cases, details: { generatorVersion } }),
  );
}

/** @throws AppError `conflict` (`no_tools`, `too_little_variety`, `suite_unchanged`) */
async function createFromTools(ctx: Ctx, input: CreateSuite & { tenantId: string; seed: string }): Promise<Suite> {
  const { tenantId, name, count, seed, holdOutShare: share } = input;
  const row = await getTools(ctx.tx, tenantId);
  if (row === null) throw conflict("no_tools", "The tenant's tools are not known yet.", "Set its tools first.", "from");
  const { cases, missing } = generateFromTools({ tools: row.tools, seed, count });
  if (cases.length < count)
    throw conflict(
      "too_little_variety",
      `These tools give ${cases.length} different prompts; ${count} were requested.`,
      `Ask for ${cases.length} at most, or give tools with more parameters (${missing[0]?.needs ?? "any"}).`,
      "count",
    );
  const suite = await addSuite(ctx, {
    tenantId,
    name,
    source: "tools",
    seed,
    cases: holdOutShare(cases, share, seed),
    remarks: missing.map(({ title, needs }) => `Without "${title}": no tool has ${needs}.`),
    details: { toolsHash: row.hash, generatorVersion: toolGeneratorVersion },
  });
  return toSuite(suite);
}
