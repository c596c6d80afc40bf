import type { Tx } from "#lib/platform/db.ts";
import { tenantWhere } from "#lib/platform/scope.ts";
import type { Prisma } from "#prisma/generated/client.ts";
import type { Rollback } from "../schema.ts";

/** The columns of a version that say that it was rolled back. */
export const ROLLBACK = {
  rolledBackAt: true,
  rolledBackBy: true,
  rolledBackReason: true,
  rolledBackCutoverId: true,
} as const satisfies Prisma.AdapterVersionSelect;

/** Those columns as the API shows them; null while the version is not rolled back. */
export function toRollback(row: Prisma.AdapterVersionGetPayload<{ select: typeof ROLLBACK }>): Rollback | null {
  const { rolledBackAt: at, rolledBackBy: by, rolledBackReason: reason, rolledBackCutoverId: cutoverId } = row;
  return at === null || by === null || cutoverId === null ? null : { at: at.toISOString(), by, reason, cutoverId };
}

type NewRollback = Omit<Rollback, "at"> & { at: Date };

/** Marks a version as rolled back; null takes the mark off. */
export async function writeRollback(tx: Tx, versionId: string, rollback: NewRollback | null): Promise<void> {
  await tx.client.adapterVersion.updateMany({
    where: { AND: [{ id: versionId }, tenantWhere(tx.scope)] },
    data: {
      rolledBackAt: rollback?.at ?? null,
      rolledBackBy: rollback?.by ?? null,
      rolledBackReason: rollback?.reason ?? null,
      rolledBackCutoverId: rollback?.cutoverId ?? null,
    },
  });
}
