import * as z from "zod";
import { IsoTime, idOf } from "#lib/http/schema.ts";

export const JOB_STATES = ["queued", "running", "completed", "cancelled", "failed"] as const;
export type JobState = (typeof JOB_STATES)[number];
export const JOB_ITEM_STATES = ["pending", "running", "succeeded", "failed", "skipped"] as const;
export type JobItemState = (typeof JOB_ITEM_STATES)[number];

/** Long work with one result an item. A job whose items all ended is `completed`, also where some of them failed. */
export const JobSchema = z.object({
  id: idOf("job"),
  /** What it does, such as `stage`. */
  kind: z.string(),
  title: z.string(),
  state: z.enum(JOB_STATES),
  total: z.number().int(),
  counts: z.record(z.enum(JOB_ITEM_STATES), z.number().int()),
  message: z.string().nullable(),
  startedBy: z.string(),
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
