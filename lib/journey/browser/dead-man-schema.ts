import * as z from "zod";
import { IsoTime } from "#lib/http/schema.ts";

/** The one address that is called as long as Switchyard itself is well: when the calls stop, whoever listens there wakes you. */
export const DeadManSwitchSchema = z.object({
  /** Of its address, which is sealed: it often holds a secret. */
  host: z.string(),
  everySeconds: z.number().int(),
  /** When the last call was taken; null = none was yet. */
  lastBeatAt: IsoTime.nullable(),
  /** Since when it is not called on purpose, and why; null = it is. */
  heldBack: z.object({ since: IsoTime, because: z.string() }).nullable(),
  /** Why the last call was not taken; null = it was. */
  lastError: z.string().nullable(),
  generation: z.number().int(),
});
export type DeadManSwitch = z.infer<typeof DeadManSwitchSchema>;

/** null = none is set. */
export const DeadManReply = z.object({ deadManSwitch: DeadManSwitchSchema.nullable() });

export const SetDeadManSwitch = z.strictObject({
  url: z.string().min(1).max(2_000),
  everySeconds: z.number().int().min(30).max(3_600).default(60),
});
export type SetDeadManSwitch = z.infer<typeof SetDeadManSwitch>;
