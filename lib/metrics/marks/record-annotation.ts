import type * as z from "zod";
import type { Ctx } from "#lib/identity/ctx.ts";
import { newId } from "#lib/platform/ids.ts";
import type { AnnotationKind, AnnotationRefSchema } from "../schema.ts";
import { insertAnnotation } from "./mark-store.ts";

/** Puts a mark on the time line of charts, in the caller's own transaction: no mark without the deed. */
export async function recordAnnotation(
  ctx: Ctx,
  mark: {
    kind: AnnotationKind;
    /** One line for people, such as "support of acme: v2 → v3". */
    title: string;
    tenantId: string | null;
    nodeId?: string | null;
    ref?: z.infer<typeof AnnotationRefSchema> | null;
    at?: Date;
  },
): Promise<void> {
  await insertAnnotation(ctx.tx, {
    id: newId("annotation"),
    at: mark.at ?? ctx.clock.now(),
    kind: mark.kind,
    title: mark.title,
    tenantId: mark.tenantId,
    nodeId: mark.nodeId ?? null,
    ref: mark.ref ?? null,
  });
}
