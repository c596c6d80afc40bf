import { staleEdit } from "#lib/http/etag.ts";
import { actorLabel } from "#lib/identity/actor.ts";
import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { invalid, notFound } from "#lib/platform/errors.ts";
import { getTenant } from "#lib/registry/tenants/tenant-store.ts";
import type { PutTools, TenantTools } from "../../browser/tools-schema.ts";
import { generateFromTools, toolCategories } from "../from-tools/generate-from-tools.ts";
import { roleOf } from "./role-of.ts";
import { checkTools } from "./tool-rules.ts";
import { getTools, hashOfTools, putTools, type ToolsRow } from "./tools-store.ts";

/** A tenant's tools with what suites can make of them; none yet is an answer, too. @throws AppError `not_found` */
export async function readTools(ctx: Ctx, tenantId: string): Promise<TenantTools> {
  if ((await getTenant(ctx.tx, tenantId)) === null) throw notFound("tenant");
  return showTools(ctx, tenantId, await getTools(ctx.tx, tenantId));
}

/**
 * Replaces a tenant's tools as a whole. Suites that were made of the old ones keep those.
 * @throws AppError `not_found`, `stale`, or `invalid` naming each tool's field, rule and fix
 */
export async function setTools(
  ctx: Ctx,
  input: PutTools & { tenantId: string; expectedGeneration: number },
): Promise<TenantTools> {
  const { tenantId, tools, roles, expectedGeneration } = input;
  if ((await getTenant(ctx.tx, tenantId)) === null) throw notFound("tenant");
  const problems = checkTools(tools, { field: "tools", isStrict: true });
  const names = new Set(tools.map((tool) => tool.function.name));
  for (const name of Object.keys(roles))
    if (!names.has(name))
      problems.push({
        field: `roles.${name}`,
        code: "unknown_tool",
        message: `${name} is none of the tools.`,
        fix: "Name one of them, or leave it out.",
      });
  if (problems.length > 0) throw invalid(problems);
  const before = await getTools(ctx.tx, tenantId);
  const hash = hashOfTools(tools);
  const row = { tenantId, tools, roles, hash, updatedAt: ctx.clock.now(), updatedBy: actorLabel(ctx.actor) };
  if (!(await putTools(ctx.tx, { ...row, expectedGeneration }))) throw staleEdit();
  await audit(ctx, {
    action: "tools.set",
    object: { type: "tools", id: tenantId },
    tenantId,
    before: before && { hash: before.hash, names: before.tools.map((tool) => tool.function.name), roles: before.roles },
    after: { hash, names: [...names], roles },
  });
  return showTools(ctx, tenantId, await getTools(ctx.tx, tenantId));
}

/** Enough prompts that each category had two chances. */
const PROBE = toolCategories.length * 8;

function showTools(ctx: Ctx, tenantId: string, row: ToolsRow | null): TenantTools {
  const tools = row?.tools ?? [];
  const missing = row ? generateFromTools({ tools, seed: "probe", count: PROBE }).missing : toolCategories;
  const lacks = new Set(missing.map(({ id }) => id));
  return {
    tenantId,
    tools,
    roles: rolesOf(row),
    hash: row?.hash ?? null,
    generation: row?.generation ?? 0,
    updatedAt: row?.updatedAt.toISOString() ?? null,
    updatedBy: ctx.scope.kind === "platform" ? (row?.updatedBy ?? null) : null,
    categories: toolCategories.map(({ id, title, needs }) => ({ id, title, needs, isCovered: !lacks.has(id) })),
  };
}

/** Of every tool, given or read from its name. */
export const rolesOf = (row: ToolsRow | null): TenantTools["roles"] =>
  Object.fromEntries((row?.tools ?? []).map(({ function: { name } }) => [name, row?.roles[name] ?? roleOf(name)]));
