import * as z from "zod";
import { IsoTime, idOf } from "#lib/http/schema.ts";

const Word = z
  .string()
  .max(40)
  .regex(/^[a-z][a-z0-9_]*$/, "use lower-case words joined by _");

export const PatternSchema = z.strictObject({
  /** Unique in its template. */
  name: Word,
  category: Word,
  /**
   * The conversation. In a user's text `{cancel}` is what a tool of that role does, `{cancel.details}` its arguments,
   * `{cancel.id}` the value of its first argument of that kind; `{cancel#2…}` speaks of a second call.
   */
  turns: z
    .array(z.strictObject({ role: z.enum(["user", "assistant"]), text: z.string().trim().min(1).max(4000) }))
    .min(1)
    .max(20),
  /** `calls`: one for each role that is spoken of. `no_call`: the right answer is to call nothing. */
  expects: z.enum(["calls", "no_call"]).default("calls"),
  /** Its prompts are never shown to customers. */
  holdOut: z.boolean().default(false),
  /** Why the right answer is right. */
  reason: z.string().trim().max(500).default("as the template says"),
});
export type Pattern = z.output<typeof PatternSchema>;

export const WriteTemplate = z.strictObject({
  name: z.string().trim().min(1).max(80),
  description: z.string().trim().max(500).default(""),
  patterns: z.array(PatternSchema).min(1).max(200),
});
export type WriteTemplate = z.output<typeof WriteTemplate>;

export const TemplateSchema = z.object({
  id: idOf("tpl"),
  name: z.string(),
  description: z.string(),
  patterns: z.array(PatternSchema),
  generation: z.number().int(),
  createdAt: IsoTime,
  updatedAt: IsoTime,
  updatedBy: z.string(),
});
export type Template = z.infer<typeof TemplateSchema>;

export const BindTemplate = z.strictObject({
  /** Left out: all tenants but archived ones. */
  tenantIds: z.array(idOf("ten")).min(1).max(5000).optional(),
  /** Prompts of each pattern; a suite has 1,000 at most. */
  perPattern: z.number().int().min(1).max(200).default(10),
});
export type BindTemplate = z.output<typeof BindTemplate>;

export const StartBinding = BindTemplate.extend({
  /** The suites' name; left out: the template's. */
  suiteName: z.string().trim().min(1).max(80).optional(),
});
export type StartBinding = z.output<typeof StartBinding>;

export const BindingItemSchema = z.object({
  tenantId: idOf("ten"),
  tenantName: z.string(),
  /** A suite would come of it. */
  act: z.boolean(),
  prompts: z.number().int(),
  isLargeEnough: z.boolean(),
  reason: z.string(),
  fix: z.string().nullable(),
  /** Patterns that this tenant's tools offer nothing for, each with why. */
  missing: z.array(z.object({ pattern: z.string(), why: z.string() })),
});
export type BindingItem = z.infer<typeof BindingItemSchema>;

export const BindingPreviewSchema = z.object({
  items: z.array(BindingItemSchema),
  totals: z.object({
    act: z.number().int(),
    skip: z.number().int(),
    prompts: z.number().int(),
    largeEnough: z.number().int(),
  }),
});
export type BindingPreview = z.infer<typeof BindingPreviewSchema>;
