import type { Ctx } from "#lib/identity/ctx.ts";
import { type CutoverRecord, saveMessage } from "./store.ts";

/** What a cutover waits for, written down when it is something else than before. */
export async function noteMessage(ctx: Ctx, { id, phase, message }: CutoverRecord, now: string): Promise<void> {
  if (message !== now) await saveMessage(ctx.tx, id, phase, now);
}
