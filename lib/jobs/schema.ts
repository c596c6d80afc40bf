import * as z from "zod";
import { IsoTime, idOf, MeasurementSchema, PageQuery } from "#lib/http/schema.ts";

export const JOB_STATES = ["queued", "running", "completed", "cancelled", "failed"] as const;
export type JobState = (typeof JOB_STATES)[number];
export const JOB_ITEM_STATES = ["pending", "running", "succeeded", "failed", "skipped"] as const;
export type JobItemState = (typeof JOB_ITEM_STATES)[number];

/** The largest job; more than that is several decisions. */
export const JOB_ITEMS_MAX = 5_000;

/** Long work with one result an item. A job whose items all ended is `completed`, also where some of them failed. */
export const JobSchema = z.object({
  id: idOf("job"),
  /** What it does, such as `stage`. */
  kind: z.string(),
  title: z.string(),
  state: z.enum(JOB_STATES),
  total: z.number().int(),
  counts: z.record(z.enum(JOB_ITEM_STATES), z.number().int()),
  /** Why it waits, was cancelled or failed; null where there is nothing to say. */
  message: z.string().nullable(),
  /** Who it acts for: whoever started it, or had its failed items tried again. */
  startedBy: z.string(),
  /** At the pace since it began; null until a tenth is done, and once it has ended. */
  timeLeft: MeasurementSchema.nullable(),
  cancelRequestedAt: IsoTime.nullable(),
  createdAt: IsoTime,
  startedAt: IsoTime.nullable(),
  finishedAt: IsoTime.nullable(),
});
export type Job = z.infer<typeof JobSchema>;

export const JobItemSchema = z.object({
  position: z.number().int(),
  /** What it is about, such as a version's id; never twice in a job. */
  key: z.string(),
  label: z.string(),
  state: z.enum(JOB_ITEM_STATES),
  attempts: z.number().int(),
  message: z.string(),
  fix: z.string().nullable(),
  /** An object to look at: the version, run or tenant that came of it. */
  result: z.object({ type: z.string(), id: z.string() }).nullable(),
  startedAt: IsoTime.nullable(),
  finishedAt: IsoTime.nullable(),
});
export type JobItem = z.infer<typeof JobItemSchema>;

export const JobListQuery = PageQuery.extend({
  state: z.enum(JOB_STATES).optional(),
  kind: z.string().max(40).optional(),
});
export const JobItemListQuery = PageQuery.extend({ state: z.enum(JOB_ITEM_STATES).optional() });
