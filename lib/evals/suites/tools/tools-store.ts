import { createHash } from "node:crypto";
import canonicalize from "canonicalize";
import type { Tx } from "#lib/platform/db.ts";
import { tenantWhere } from "#lib/platform/scope.ts";
import type { Prisma } from "#prisma/generated/client.ts";
import type { ToolRole } from "../../browser/tools-schema.ts";
import type { ToolDefinition } from "../../eval-case.ts";

export type ToolsRow = {
  tenantId: string;
  tools: ToolDefinition[];
  /** Only those that people gave. */
  roles: Record<string, ToolRole>;
  hash: string;
  generation: number;
  updatedAt: Date;
  updatedBy: string;
};

const toRow = (row: Prisma.TenantToolsGetPayload<Record<never, never>>): ToolsRow => ({
  ...row,
  tools: row.tools as ToolDefinition[],
  roles: row.roles as Record<string, ToolRole>,
});

export async function getTools(tx: Tx, tenantId: string): Promise<ToolsRow | null> {
  const row = await tx.client.tenantTools.findFirst({ where: { AND: [{ tenantId }, tenantWhere(tx.scope)] } });
  return row && toRow(row);
}

/** The tools of several tenants, as far as they have any. */
export async function toolsOf(tx: Tx, tenantIds: readonly string[]): Promise<Map<string, ToolsRow>> {
  const rows = await tx.client.tenantTools.findMany({
    where: { AND: [{ tenantId: { in: [...tenantIds] } }, tenantWhere(tx.scope)] },
  });
  return new Map(rows.map((row) => [row.tenantId, toRow(row)]));
}

export const hashOfTools = (tools: readonly ToolDefinition[]): string =>
  createHash("sha256")
    .update(canonicalize(tools) ?? "")
    .digest("hex");

type NewTools = Omit<ToolsRow, "generation"> & { expectedGeneration: number };

/** @returns false when somebody else changed them since the caller read them (0 = there were none) */
export async function putTools(tx: Tx, { expectedGeneration, tenantId, ...tools }: NewTools): Promise<boolean> {
  const data = { ...tools, tools: tools.tools as unknown as Prisma.InputJsonValue };
  if (expectedGeneration === 0) {
    const { count } = await tx.client.tenantTools.createMany({ data: [{ tenantId, ...data }], skipDuplicates: true });
    return count === 1;
  }
  const { count } = await tx.client.tenantTools.updateMany({
    where: { AND: [{ tenantId, generation: expectedGeneration }, tenantWhere(tx.scope)] },
    data: { ...data, generation: { increment: 1 } },
  });
  return count === 1;
}
