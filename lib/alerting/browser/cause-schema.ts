import * as z from "zod";
import { IsoTime } from "#lib/http/schema.ts";

/** What may be behind bad minutes. */
export const CAUSE_KINDS = [
  "evictions",
  "disk_reads",
  "active_adapters",
  "evaluation",
  "shadow",
  "queue",
  "alert",
  "finding",
] as const;
export type CauseKind = (typeof CAUSE_KINDS)[number];

const MinutesSchema = z.object({ out: z.number().int(), of: z.number().int() });

/** Something that may be the cause, and how often it was out of its range in bad minutes and in good ones. */
export const CauseCandidateSchema = z.object({
  kind: z.enum(CAUSE_KINDS),
  /** What was out of range and where: "More than 10 evictions a minute on a100-1". */
  what: z.string(),
  isConfirmed: z.boolean(),
  bad: MinutesSchema,
  good: MinutesSchema,
  /** The page that shows it. */
  href: z.string().nullable(),
});
export type CauseCandidate = z.infer<typeof CauseCandidateSchema>;

/**
 * confirmed = out of range in at least 80 % of the bad minutes and at most 20 % of the good ones; reported = its source
 * says so itself; related = it is told with another alert; unconfirmed = none of these.
 */
export const CAUSE_STATES = ["confirmed", "reported", "related", "unconfirmed"] as const;

export const CauseSchema = z.object({
  state: z.enum(CAUSE_STATES),
  sentence: z.string(),
  /** The end of the minutes that were compared; null = none were. */
  judgedTo: IsoTime.nullable(),
  /** The most convincing first. */
  candidates: z.array(CauseCandidateSchema),
});
export type Cause = z.infer<typeof CauseSchema>;
