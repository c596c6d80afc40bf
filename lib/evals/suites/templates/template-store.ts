import { pageArgs, toPage } from "#lib/http/cursor.ts";
import type { Page, PageQuery } from "#lib/http/schema.ts";
import type { Tx } from "#lib/platform/db.ts";
import { newId } from "#lib/platform/ids.ts";
import type { Prisma } from "#prisma/generated/client.ts";
import type { Pattern, Template, WriteTemplate } from "../../browser/template-schema.ts";

const toTemplate = (row: Prisma.EvalTemplateGetPayload<Record<never, never>>): Template => ({
  ...row,
  patterns: row.patterns as Pattern[],
  createdAt: row.createdAt.toISOString(),
  updatedAt: row.updatedAt.toISOString(),
});

export async function listTemplates(tx: Tx, query: PageQuery): Promise<Page<Template>> {
  const page = toPage(await tx.client.evalTemplate.findMany(pageArgs(query)), query.limit);
  return { ...page, items: page.items.map(toTemplate) };
}

export async function getTemplate(tx: Tx, id: string): Promise<Template | null> {
  const row = await tx.client.evalTemplate.findUnique({ where: { id } });
  return row && toTemplate(row);
}

type Written = WriteTemplate & { at: Date; by: string };

/** @returns null when the name is taken */
export async function insertTemplate(tx: Tx, { at, by, ...written }: Written): Promise<Template | null> {
  const id = newId("template");
  const { count } = await tx.client.evalTemplate.createMany({
    data: [{ id, ...written, createdAt: at, updatedAt: at, updatedBy: by }],
    skipDuplicates: true,
  });
  return count === 0 ? null : getTemplate(tx, id);
}

/** @returns "taken" when another one has the name, false when somebody else changed it since it was read */
export async function changeTemplate(
  tx: Tx,
  id: string,
  expectedGeneration: number,
  { at, by, ...written }: Written,
): Promise<boolean | "taken"> {
  if ((await tx.client.evalTemplate.count({ where: { name: written.name, id: { not: id } } })) > 0) return "taken";
  const { count } = await tx.client.evalTemplate.updateMany({
    where: { id, generation: expectedGeneration },
    data: { ...written, updatedAt: at, updatedBy: by, generation: { increment: 1 } },
  });
  return count === 1;
}

/** @returns false when somebody else changed it since it was read */
export async function deleteTemplate(tx: Tx, id: string, expectedGeneration: number): Promise<boolean> {
  const { count } = await tx.client.evalTemplate.deleteMany({ where: { id, generation: expectedGeneration } });
  return count === 1;
}

export type BoundTenant = { id: string; slug: string; name: string; status: string };

/** The named tenants, or all but archived ones, in the order of their names. */
export const tenantsToBind = (tx: Tx, tenantIds: readonly string[] | undefined): Promise<BoundTenant[]> =>
  tx.client.tenant.findMany({
    where: { status: { not: "archived" }, ...(tenantIds ? { id: { in: [...tenantIds] } } : {}) },
    select: { id: true, slug: true, name: true, status: true },
    orderBy: { name: "asc" },
  });
