import * as z from "zod";
import { IsoTime, idOf } from "#lib/http/schema.ts";

/** Whether a version's gate stands today. */
export const GateSchema = z.object({
  versionId: idOf("ver"),
  /** The newest run that was judged; null = none was. */
  runId: z.string().nullable(),
  outcome: z.enum(["pass", "fail", "inconclusive"]).nullable(),
  judgedAt: IsoTime.nullable(),
  /** Who started the run. */
  requestedBy: z.string().nullable(),
  /** Why the verdict no longer stands, a sentence each; empty = it stands, or there is none. */
  expired: z.array(z.string()),
});
export type Gate = z.infer<typeof GateSchema>;
