import * as z from "zod";
import { IsoTime } from "#lib/http/schema.ts";

/** The adapter store: whether it is there, and how far its bytes are proven. Figures are the catalog's. */
export const StoreSchema = z.object({
  state: z.enum(["ok", "unavailable"]),
  message: z.string(),
  /** Versions whose bytes are promised to be right. */
  versions: z.number().int(),
  /** Of these, read whole and found right in the last 24 hours. */
  verified: z.number().int(),
  /** When the one was proven that was not proven the longest; null = one never was, or there is none. */
  oldestVerifiedAt: IsoTime.nullable(),
  quarantined: z.number().int(),
  /** Of all directories; one that several versions share counts once. */
  bytes: z.number().int(),
});
export type Store = z.infer<typeof StoreSchema>;
