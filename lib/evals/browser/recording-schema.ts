import * as z from "zod";
import { IsoTime, idOf, PageQuery, pageOf } from "#lib/http/schema.ts";
import { RECORDING_LIMITS, WORD_LIMITS } from "./recording-limits.ts";
import { CaseSchema } from "./suite-schema.ts";

/** Why a request is no prompt of a suite. */
export const unusableReasons = ["no_tools", "forced_tool", "no_text", "no_answer", "unsound"] as const;
export type UnusableReason = (typeof unusableReasons)[number];

/**
 * `stopped`: what was kept stays for its time. `withdrawn`: it was deleted. `full`: as many were kept as were allowed.
 * `over`: its time is over. `off_boarded`: its tenant leaves.
 */
export const recordingEnds = ["stopped", "withdrawn", "full", "over", "off_boarded"] as const;
export type RecordingEnd = (typeof recordingEnds)[number];

const RecordingSchema = z.object({
  id: idOf("rec"),
  /** Of the requests that the live version answers. */
  perCent: z.number().int(),
  /** It ends when so many are kept. */
  most: z.number().int(),
  /** What the customer had replaced beside what is told by its shape; null = the caller is not the customer. */
  words: z.array(z.string()).nullable(),
  startedBy: z.string(),
  startedAt: IsoTime,
  until: IsoTime,
  endedAt: IsoTime.nullable(),
  endedBy: z.string().nullable(),
  endReason: z.enum(recordingEnds).nullable(),
  looked: z.number().int(),
  kept: z.number().int(),
  /** They ask what a kept one asks. */
  repeated: z.number().int(),
  /** How many were no prompt, by why; the share that its tool's schema or the redaction spoiled is `unsound`. */
  unusable: z.partialRecord(z.enum(unusableReasons), z.number().int()),
});
export type Recording = z.infer<typeof RecordingSchema>;

export const RecordingStateSchema = z.object({
  adapterId: idOf("adp"),
  tenantId: idOf("ten"),
  /** The one that is open, else the last; null = there never was one. */
  recording: RecordingSchema.nullable(),
  /** Requests that are kept now, of all recordings. */
  cases: z.number().int(),
  /** Null where nothing is live: there is no answer to keep. */
  liveVersionId: z.string().nullable(),
});
export type RecordingState = z.infer<typeof RecordingStateSchema>;

const whole = ({ least, most, proposed }: { least: number; most: number; proposed: number }) =>
  z.number().int().min(least).max(most).default(proposed);

export const StartRecording = z.strictObject({
  perCent: whole(RECORDING_LIMITS.perCent),
  days: whole(RECORDING_LIMITS.days),
  most: whole(RECORDING_LIMITS.most),
  /** Names, products, anything that is replaced wherever it stands as a whole word. */
  words: z
    .array(z.string().trim().min(WORD_LIMITS.shortest).max(WORD_LIMITS.longest))
    .max(WORD_LIMITS.most)
    .default([]),
  /** Said by the customer: that requests may be kept, redacted, and used for tests. */
  agreed: z.literal(true),
});
export type StartRecording = z.output<typeof StartRecording>;

export const EndRecording = z.strictObject({
  /** Also deletes what was kept. */
  withdraw: z.boolean().default(false),
});

export const RecordedCaseSchema = CaseSchema.pick({ messages: true, tools: true, expected: true }).extend({
  id: idOf("rcs"),
  versionId: idOf("ver"),
  category: z.string(),
  askedAt: IsoTime,
  deleteAt: IsoTime,
});
export type RecordedCase = z.infer<typeof RecordedCaseSchema>;
export const RecordedPage = pageOf(RecordedCaseSchema);
export const RecordedQuery = PageQuery;

export const SuiteOfRecorded = z.strictObject({ name: z.string().trim().min(1).max(80) });
