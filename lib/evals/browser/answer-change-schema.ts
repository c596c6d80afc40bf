import * as z from "zod";
import { idOf, PageQuery, pageOf } from "#lib/http/schema.ts";
import { ComparedCallSchema } from "../schema.ts";

/** What was answered to a prompt, or should have been. */
const AnswerSchema = z.object({
  /** Arguments are JSON text. None = no tool was called. */
  calls: z.array(z.object({ name: z.string(), arguments: z.string() })),
  /** The words beside them, cut where they are long; null = none. */
  text: z.string().nullable(),
});
export type Answer = z.infer<typeof AnswerSchema>;

/** A prompt that two sides of a run mostly answer differently, with the two answers that tell most. */
export const AnswerChangeSchema = z.object({
  caseId: idOf("cas"),
  category: z.string(),
  /** The last message of the user. */
  prompt: z.string(),
  /** worse: right before, wrong now; better: the other way round; otherwise: wrong before and now, in another way. */
  change: z.enum(["worse", "otherwise", "better"]),
  /** Where it shows: in the likeliest answer, or in those drawn at random. */
  mode: z.enum(["greedy", "sampled"]),
  expected: AnswerSchema,
  baseline: AnswerSchema.nullable(),
  candidate: AnswerSchema.nullable(),
  /** The calls of both answers beside the right ones, as they are compared; what cannot be read is in neither. */
  compared: z.array(ComparedCallSchema),
});
export type AnswerChange = z.infer<typeof AnswerChangeSchema>;

/** Of the customer's own prompts: those held out are in neither list nor counts. */
export const AnswerChangePage = pageOf(AnswerChangeSchema).extend({
  counts: z.object({
    ...{ worse: z.number().int(), otherwise: z.number().int(), better: z.number().int() },
    prompts: z.number().int(),
  }),
});
export type AnswerChangePage = z.infer<typeof AnswerChangePage>;

export const AnswerChangesQuery = PageQuery.extend({ limit: z.coerce.number().int().min(1).max(50).default(10) });
