import * as z from "zod";
import type { Tx } from "#lib/platform/db.ts";
import { readLeaseNote } from "#lib/platform/lease.ts";

export const ALERT_LOOP = "alerts";

const Note = z.object({ evaluatedAt: z.iso.datetime().nullable() });

/** When the rules were last evaluated with success; null = never. */
export async function lastEvaluation(tx: Tx): Promise<string | null> {
  const note = Note.safeParse(await readLeaseNote(tx, ALERT_LOOP));
  return note.success ? note.data.evaluatedAt : null;
}
