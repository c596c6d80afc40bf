import * as z from "zod";
import { idOf } from "#lib/http/schema.ts";
import { VERSION_STATUSES } from "../schema.ts";

/** Orders of the list of adapters; "-" = the other way round. Without one, the newest come first. */
export const ADAPTER_SORTS = [
  "name",
  "-name",
  "tenant",
  "-tenant",
  "rank",
  "-rank",
  "size",
  "-size",
  "live_since",
  "-live_since",
  "updated",
  "-updated",
] as const;
export type AdapterSort = (typeof ADAPTER_SORTS)[number];

/** What a list of adapters is narrowed to; a bulk action takes the same. */
export const AdapterFilterSchema = z.object({
  /** Words of name, slug or tenant; or the start of a lora name, a digest, or an id of an adapter or a version. */
  q: z.string().trim().max(160).optional(),
  tenantId: idOf("ten").optional(),
  poolId: idOf("pool").optional(),
  /** Of its newest version, or of the one that is live. */
  status: z.enum(VERSION_STATUSES).optional(),
  /** The same, of their rank. */
  rank: z.coerce.number().int().min(1).max(10_000).optional(),
});
export type AdapterFilter = z.infer<typeof AdapterFilterSchema>;
