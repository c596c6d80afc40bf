import type { Measurement, Page, PageQuery } from "#lib/http/schema.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { notFound } from "#lib/platform/errors.ts";
import { getTenant, listTenants } from "#lib/registry/tenants/tenant-store.ts";
import type { Readiness, ReadinessSummary } from "../../browser/readiness-schema.ts";
import { SUITE_SIZES } from "../../browser/suite-sizes.ts";
import { excludedRate } from "../../browser/what-a-pass-proves.ts";
import { samplesNeeded } from "../../verdict/plan-samples.ts";
import { formatReadiness, judgeReadiness } from "./judge-readiness.ts";
import { type ChosenSuite, chosenSuites, lastBaseline, withTools } from "./readiness-store.ts";

const FAILED_MAX = 50;

const nameOf = (suite: ChosenSuite | undefined): Readiness["suite"] =>
  suite === undefined ? null : { id: suite.id, name: suite.name, revision: suite.revision, caseCount: suite.caseCount };

/** How far a tenant is from a suite that can gate. @throws AppError `not_found` */
export async function readReadiness(ctx: Ctx, tenantId: string): Promise<Readiness> {
  const tenant = await getTenant(ctx.tx, tenantId);
  if (tenant === null) throw notFound("tenant");
  const suite = (await chosenSuites(ctx.tx, [tenantId])).get(tenantId);
  const last = suite ? await lastBaseline(ctx.tx, suite.id) : null;
  const now = ctx.clock.now();
  const items = judgeReadiness({
    suite: suite ?? null,
    baseline: last?.facts ?? null,
    hasTools: (await withTools(ctx.tx, [tenantId])).has(tenantId),
    now,
  });
  const derived = (value: number, unit: string): Measurement => ({
    value,
    unit,
    source: "derived",
    simulated: false,
    asOf: now.toISOString(),
    coverage: null,
  });
  return {
    tenantId,
    tenantName: tenant.name,
    suite: nameOf(suite),
    isGateable: items.every(({ state }) => state !== "missing"),
    sentence: formatReadiness(items),
    items,
    sizes: SUITE_SIZES.map((prompts) => ({
      prompts,
      excludes: derived(excludedRate(prompts), "ratio"),
      calls: derived(samplesNeeded(prompts), "calls"),
    })),
    failedCases: (last?.failed ?? []).slice(0, FAILED_MAX),
  };
}

/** The same of all tenants, in brief: without what their baselines made of it. */
export async function listReadiness(ctx: Ctx, query: PageQuery & { q?: string }): Promise<Page<ReadinessSummary>> {
  const page = await listTenants(ctx.tx, query);
  const ids = page.items.map(({ id }) => id);
  const suites = await chosenSuites(ctx.tx, ids);
  const tools = await withTools(ctx.tx, ids);
  const now = ctx.clock.now();
  return {
    nextCursor: page.nextCursor,
    items: page.items.map(({ id, name }) => {
      const suite = suites.get(id);
      const hasTools = tools.has(id);
      const items = judgeReadiness({ suite: suite ?? null, baseline: null, hasTools, now });
      const { categories = 0, duplicates = 0, heldOut = 0 } = suite ?? {};
      return {
        tenantId: id,
        tenantName: name,
        suite: nameOf(suite),
        isGateable: items.every(({ state }) => state !== "missing"),
        sentence: formatReadiness(items),
        categories,
        duplicates,
        heldOut,
        hasTools,
      };
    }),
  };
}
