import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import type { ImportDetail } from "../browser/import-schema.ts";
import { detailOf } from "./get-import.ts";
import { changeImport } from "./import-store.ts";
import { requireIdleImport, requireImport } from "./view-import.ts";

/**
 * Ends an import for good. What it brought in stays; its other rows are not brought in any more.
 * @throws AppError `not_found`, `conflict` (`import_busy`, `import_discarded`)
 */
export async function discardImport(ctx: Ctx, importId: string): Promise<ImportDetail> {
  const { record } = await requireIdleImport(ctx, importId);
  await changeImport(ctx.tx, record.id, { state: "discarded" });
  await audit(ctx, {
    action: "import.discard",
    object: { type: "import", id: record.id },
    tenantId: null,
    before: { state: record.state },
    after: { state: "discarded" },
  });
  return detailOf(ctx, await requireImport(ctx, importId));
}
