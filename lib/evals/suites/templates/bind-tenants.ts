import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import type { Job } from "#lib/jobs/schema.ts";
import { startJob } from "#lib/jobs/start-job.ts";
import { conflict, notFound } from "#lib/platform/errors.ts";
import { GATE_PROMPTS_MIN } from "../../browser/suite-sizes.ts";
import type {
  BindingItem,
  BindingPreview,
  BindTemplate,
  StartBinding,
  Template,
} from "../../browser/template-schema.ts";
import { rolesOf } from "../tools/set-tools.ts";
import { type ToolsRow, toolsOf } from "../tools/tools-store.ts";
import { type BoundTemplate, bindTemplate } from "./bind-template.ts";
import { type BoundTenant, getTemplate, tenantsToBind } from "./template-store.ts";

export const BIND_JOB = "bind_template";

export type Binding = BindingItem & { bound: BoundTemplate | null };

/** What a template gives for one tenant, by the tools that it has now. */
export function judgeBinding(
  template: Pick<Template, "patterns">,
  tenant: BoundTenant,
  tools: ToolsRow | undefined,
  perPattern: number,
): Binding {
  const of = { tenantId: tenant.id, tenantName: tenant.name };
  const skip = (reason: string, fix: string, bound: BoundTemplate | null = null): Binding => {
    return {
      ...of,
      act: false,
      prompts: 0,
      isLargeEnough: false,
      reason,
      fix,
      missing: bound?.missing ?? [],
      bound: null,
    };
  };
  if (tools === undefined) return skip(`${tenant.name}'s tools are not known.`, "Set its tools first.");
  const bound = bindTemplate(
    template.patterns,
    { tools: tools.tools, roles: rolesOf(tools), seed: tenant.slug },
    perPattern,
  );
  const prompts = bound.cases.length;
  if (prompts === 0)
    return skip("None of the patterns fits its tools.", "Say what its tools are for (roles), or add patterns.", bound);
  const isLargeEnough = prompts >= GATE_PROMPTS_MIN;
  const gaps = bound.missing.length;
  return {
    ...of,
    act: true,
    prompts,
    isLargeEnough,
    reason: `${prompts} prompts${gaps > 0 ? `; ${gaps} ${gaps === 1 ? "pattern gives" : "patterns give"} less` : ""}.`,
    fix: isLargeEnough ? null : `A gate needs ${GATE_PROMPTS_MIN}: ask for more prompts of each pattern.`,
    missing: bound.missing,
    bound,
  };
}

async function judgeAll(ctx: Ctx, templateId: string, choice: BindTemplate) {
  const template = await getTemplate(ctx.tx, templateId);
  if (template === null) throw notFound("template");
  const tenants = await tenantsToBind(ctx.tx, choice.tenantIds);
  const tools = await toolsOf(
    ctx.tx,
    tenants.map(({ id }) => id),
  );
  const bindings = tenants.map((tenant) => judgeBinding(template, tenant, tools.get(tenant.id), choice.perPattern));
  return { template, bindings };
}

/** What binding a template to many tenants would make, tenant by tenant; changes nothing. @throws AppError `not_found` */
export async function previewBinding(ctx: Ctx, input: BindTemplate & { templateId: string }): Promise<BindingPreview> {
  const { bindings } = await judgeAll(ctx, input.templateId, input);
  const acting = bindings.filter(({ act }) => act);
  return {
    items: bindings.map(({ bound: _cases, ...item }) => item),
    totals: {
      act: acting.length,
      skip: bindings.length - acting.length,
      prompts: acting.reduce((sum, { prompts }) => sum + prompts, 0),
      largeEnough: acting.filter(({ isLargeEnough }) => isLargeEnough).length,
    },
  };
}

/**
 * Starts a job that makes a suite of the template for each tenant; those whose tools are not known are skipped.
 * @throws AppError `not_found`, or `conflict` (`nothing_to_do`)
 */
export async function startBinding(ctx: Ctx, input: StartBinding & { templateId: string }): Promise<Job> {
  const { templateId, perPattern, suiteName } = input;
  const { template, bindings } = await judgeAll(ctx, templateId, input);
  const acting = bindings.filter(({ act }) => act).length;
  if (acting === 0)
    throw conflict("nothing_to_do", bindings[0]?.reason ?? "There is no such tenant.", bindings[0]?.fix ?? undefined);
  const job = await startJob(ctx, {
    kind: BIND_JOB,
    title: `Bind ${template.name} to ${acting} ${acting === 1 ? "tenant" : "tenants"}`,
    input: { templateId, perPattern, suiteName: suiteName ?? template.name },
    items: bindings.map(({ tenantId, tenantName }) => ({ key: tenantId, label: tenantName })),
  });
  await audit(ctx, {
    action: "job.start",
    object: { type: "job", id: job.id },
    tenantId: null,
    after: { kind: BIND_JOB, templateId, perPattern, tenants: bindings.length, acting },
  });
  return job;
}
