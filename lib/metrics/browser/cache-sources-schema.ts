import * as z from "zod";

/** What a node can count itself, and what also follows from its requests. */
export const COMPARED_COUNTERS = ["evictions.gpu", "evictions.cpu", "swaps.gpu", "swaps.cpu", "swaps.disk"] as const;
export type ComparedCounter = (typeof COMPARED_COUNTERS)[number];

export const CacheSourcesSchema = z.object({
  /** Since when what is derived has been exact without a break; null = it is not now. */
  exactSince: z.iso.datetime().nullable(),
  /** Others use the node now, by the last ten minutes or the last scrapes; null = they do not, or its engine was not seen. */
  foreign: z
    .object({
      /** Requests that its engine counted, and those of them that came through Switchyard. */
      counted: z.number().int(),
      ours: z.number().int(),
      /** A fraction where only the last scrapes were judged. */
      minutes: z.number(),
      sentence: z.string(),
    })
    .nullable(),
  /** Over the minutes of the range in which the node counted and was followed; null = there are none. */
  compared: z
    .object({
      minutes: z.number().int(),
      figures: z.array(
        z.object({ of: z.enum(COMPARED_COUNTERS), measured: z.number().int(), derived: z.number().int() }),
      ),
      /** The figure that is the furthest apart, as a share of the larger, hits left out; null = too few to say. */
      apart: z.object({ of: z.enum(COMPARED_COUNTERS), share: z.number() }).nullable(),
    })
    .nullable(),
});
export type CacheSources = z.infer<typeof CacheSourcesSchema>;
