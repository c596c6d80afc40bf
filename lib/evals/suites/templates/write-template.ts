import { staleEdit } from "#lib/http/etag.ts";
import { actorLabel } from "#lib/identity/actor.ts";
import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { conflict, invalid, notFound } from "#lib/platform/errors.ts";
import type { Template, WriteTemplate } from "../../browser/template-schema.ts";
import { checkPatterns } from "./parse-pattern.ts";
import { changeTemplate, deleteTemplate, getTemplate, insertTemplate } from "./template-store.ts";

const taken = (name: string) =>
  conflict("name_taken", `There is a template called ${name} already.`, "Choose another name.", "name");

const written = (ctx: Ctx, input: WriteTemplate) => ({ ...input, at: ctx.clock.now(), by: actorLabel(ctx.actor) });

function requireSound(input: WriteTemplate): void {
  const problems = checkPatterns(input.patterns);
  if (problems.length > 0) throw invalid(problems);
}

/** Adds a template of the platform. @throws AppError `invalid` naming pattern and turn, or `conflict` (`name_taken`) */
export async function createTemplate(ctx: Ctx, input: WriteTemplate): Promise<Template> {
  requireSound(input);
  const template = await insertTemplate(ctx.tx, written(ctx, input));
  if (template === null) throw taken(input.name);
  await audit(ctx, {
    action: "template.create",
    object: { type: "template", id: template.id },
    tenantId: null,
    after: { name: template.name, patterns: template.patterns.length },
  });
  return template;
}

/** Replaces a template; suites that were bound with it stay as they are. @throws AppError as `createTemplate`, or `stale` */
export async function replaceTemplate(
  ctx: Ctx,
  edit: { templateId: string; expectedGeneration: number; input: WriteTemplate },
): Promise<Template> {
  const { templateId, expectedGeneration, input } = edit;
  requireSound(input);
  const before = await getTemplate(ctx.tx, templateId);
  if (before === null) throw notFound("template");
  const changed = await changeTemplate(ctx.tx, templateId, expectedGeneration, written(ctx, input));
  if (changed === "taken") throw taken(input.name);
  if (!changed) throw staleEdit();
  const after = await getTemplate(ctx.tx, templateId);
  if (after === null) throw notFound("template");
  await audit(ctx, {
    action: "template.change",
    object: { type: "template", id: templateId },
    tenantId: null,
    before: { name: before.name, patterns: before.patterns },
    after: { name: after.name, patterns: after.patterns },
  });
  return after;
}

/** @throws AppError `not_found`, or `stale` */
export async function removeTemplate(
  ctx: Ctx,
  edit: { templateId: string; expectedGeneration: number },
): Promise<void> {
  const before = await getTemplate(ctx.tx, edit.templateId);
  if (before === null) throw notFound("template");
  if (!(await deleteTemplate(ctx.tx, before.id, edit.expectedGeneration))) throw staleEdit();
  await audit(ctx, {
    action: "template.delete",
    object: { type: "template", id: before.id },
    tenantId: null,
    before: { name: before.name, patterns: before.patterns },
  });
}
