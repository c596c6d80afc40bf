import * as z from "zod";
import { IsoTime, idOf, PageQuery } from "#lib/http/schema.ts";
import { SUITE_PROMPTS_MAX } from "./suite-sizes.ts";

export const suiteSources = ["generated", "tools", "template", "import", "recorded", "edit"] as const;
/**
 * Where the prompts come from: the generator's own little world, the tenant's tools, a template bound to them, a file, its
 * customer's recorded requests, or a copy that people change.
 */
export type SuiteSource = (typeof suiteSources)[number];

const matcherNames = ["iso-instant", "uri", "ignore", "set"] as const;

export const SuiteMatcherSchema = z.strictObject({
  /** The tool whose arguments it speaks of. */
  tool: z.string().min(1).max(64),
  /** Path pattern such as `$.start` or `$.items[*].at`. */
  path: z
    .string()
    .max(200)
    .regex(/^\$(?:\.[A-Za-z_][A-Za-z0-9_]*|\[\*\]|\["[^"\\]+"\])+$/, "write a path such as $.start or $.items[*].at"),
  matcher: z.enum(matcherNames),
});

export const SuiteSchema = z.object({
  id: idOf("sui"),
  tenantId: idOf("ten"),
  name: z.string(),
  /** Counts up under one name; a run keeps the revision it was asked with. */
  revision: z.number().int(),
  source: z.enum(suiteSources),
  /** The suite it was copied from. */
  basedOnId: z.string().nullable(),
  /** The template that it was made by. */
  templateId: z.string().nullable(),
  /** What was left out when it was made, and why. */
  remarks: z.array(z.string()),
  /** null = not generated. */
  seed: z.string().nullable(),
  hash: z.string(),
  caseCount: z.number().int(),
  /** Prompts that the customer never sees; they count like all others. */
  heldOut: z.number().int(),
  /** A run used it: it never changes again, and is edited as a new revision. */
  isFinal: z.boolean(),
  /** How single arguments are compared, in every prompt that offers the tool. */
  matchers: z.array(SuiteMatcherSchema),
  /** False: a gate needs more prompts than this suite has, so a run of it cannot pass. */
  isLargeEnough: z.boolean(),
  /** What a pass without a single loss proves about the true regression rate. */
  claim: z.string(),
  generation: z.number().int(),
  createdAt: IsoTime,
});
export type Suite = z.infer<typeof SuiteSchema>;

const SuiteName = z.string().trim().min(1).max(80);
const Seed = z.string().trim().min(1).max(120);
/** A share of the prompts, spread over all categories, is held out. */
const HoldOutShare = z.number().min(0).max(0.5).default(0);

export const CreateSuite = z.strictObject({
  name: SuiteName,
  /** 200 is the gate's least; 600 and 1,000 prove more. */
  count: z.number().int().min(10).max(SUITE_PROMPTS_MAX).default(200),
  /** The same seed gives the same prompts everywhere. Left out: the tenant's slug. */
  seed: Seed.optional(),
  /** `world`: a made-up company with its own tools; `tools`: what the tenant's model is really offered. */
  from: z.enum(["world", "tools"]).default("world"),
  holdOutShare: HoldOutShare,
});
export type CreateSuite = z.output<typeof CreateSuite>;

export const SuitesQuery = PageQuery.extend({ tenantId: idOf("ten").optional() });

export const CopySuite = z.strictObject({
  /** Left out: the next revision under the same name. */
  name: SuiteName.optional(),
});

export const ChangeSuite = z.strictObject({ matchers: z.array(SuiteMatcherSchema).max(100) });

export const HoldOut = z.strictObject({
  caseIds: z.array(idOf("cas")).min(1).max(SUITE_PROMPTS_MAX),
  holdOut: z.boolean(),
});

// --- prompts -----------------------------------------------------------------------------------------------------

const ToolCallSchema = z.strictObject({
  id: z.string().max(200),
  type: z.literal("function"),
  function: z.strictObject({ name: z.string().max(200), arguments: z.string().max(100_000) }),
});
const MessageSchema = z.strictObject({
  role: z.enum(["system", "user", "assistant", "tool"]),
  content: z.string().max(100_000).nullable(),
  tool_calls: z.array(ToolCallSchema).max(64).optional(),
  tool_call_id: z.string().max(200).optional(),
});
export const ToolSchema = z.strictObject({
  type: z.literal("function"),
  function: z.strictObject({
    name: z.string(),
    description: z.string().max(10_000).default(""),
    parameters: z.record(z.string(), z.unknown()).default({ type: "object", properties: {} }),
  }),
});
/** `arguments` are JSON text, as on the wire. */
const ExpectedCallSchema = z.strictObject({
  name: z.string().max(200),
  arguments: z.string().max(100_000),
  /** Further values that one argument may take, as JSON texts. */
  accepts: z.record(z.string(), z.strictObject({ values: z.array(z.string()), mayOmit: z.boolean() })).optional(),
});
const ExpectationSchema = z.strictObject({
  /** In any order; none = the right answer is to call nothing. */
  calls: z.array(ExpectedCallSchema).max(64),
  /** Other complete sets of calls that are just as right. */
  alternatives: z.array(z.array(ExpectedCallSchema).max(64)).max(16).default([]),
  /** Why this is the right answer. */
  reason: z.string().max(2000),
  /** Matchers of this prompt alone, by path pattern. */
  matchers: z.record(z.string().max(200), z.enum(matcherNames)).optional(),
  /** Path patterns that are not compared, where the tool's schema allows such a key. */
  ignored: z.array(z.string().max(200)).max(50).optional(),
});

const promptFields = {
  category: z
    .string()
    .max(40)
    .regex(/^[a-z][a-z0-9_]*$/, "use lower-case words joined by _"),
  /** The customer never sees it. */
  holdOut: z.boolean().default(false),
  tags: z.array(z.string().trim().min(1).max(40)).max(10).default([]),
  messages: z.array(MessageSchema).min(1).max(100),
  tools: z.array(ToolSchema).max(128),
  expected: ExpectationSchema,
};

/** A prompt as people write it. */
export const CaseInput = z.strictObject(promptFields);
export type CaseInput = z.output<typeof CaseInput>;

export const CaseSchema = z.object({
  id: idOf("cas"),
  /** 1-based place in the suite. */
  ordinal: z.number().int(),
  /** `<category>-<number>`, the same wherever the suite is generated. */
  key: z.string(),
  ...promptFields,
  category: z.string(),
  /** The template's pattern that it was made by. */
  template: z.string().nullable(),
});
export type SuiteCase = z.infer<typeof CaseSchema>;

export const CasesQuery = PageQuery.extend({
  category: z.string().max(40).optional(),
  holdOut: z.enum(["yes", "no"]).optional(),
  /** Whether the right answer calls a tool. */
  expects: z.enum(["call", "no_call"]).optional(),
  /** Words of the prompt. */
  q: z.string().trim().max(80).optional(),
});
export type CasesQuery = z.output<typeof CasesQuery>;

/** One page of prompts; `categories` are of the whole suite, as far as the caller may see it. */
export const CasePageSchema = z.object({
  items: z.array(CaseSchema),
  nextCursor: z.string().nullable(),
  categories: z.array(z.object({ name: z.string(), count: z.number().int() })),
  /** Prompts that are left out because the caller is a customer. */
  hidden: z.number().int(),
});

export const CaseChangeSchema = z.object({ suite: SuiteSchema, case: CaseSchema });

export const FindingsSchema = z.object({
  /** Empty = the prompt can be saved. */
  problems: z.array(z.object({ field: z.string(), code: z.string(), message: z.string(), fix: z.string() })),
});

// --- files -------------------------------------------------------------------------------------------------------

/**
 * `openai`: a line a prompt, `{messages, tools, expected_tool_calls}`, or a fine-tuning example whose last message is the
 * answer. `bfcl`: questions of the Berkeley Function-Calling Leaderboard, with their answer key beside them.
 */
const importFormats = ["openai", "bfcl"] as const;

export const ReadFile = z.strictObject({
  format: z.enum(importFormats),
  /** The file, one JSON object a line. */
  text: z.string().min(1),
  /** BFCL's answer key; left out = the right answer to every question is to call nothing. */
  answers: z.string().optional(),
  /** Of prompts that name none themselves. */
  category: promptFields.category.default("imported"),
});
export type ReadFile = z.output<typeof ReadFile>;

export const ImportSuite = ReadFile.extend({ name: SuiteName, holdOutShare: HoldOutShare });
export type ImportSuite = z.output<typeof ImportSuite>;

export const FileReportSchema = z.object({
  lines: z.number().int(),
  /** Prompts that the suite would have. */
  prompts: z.number().int(),
  isLargeEnough: z.boolean(),
  claim: z.string(),
  categories: z.array(z.object({ name: z.string(), count: z.number().int() })),
  /** Lines that ask what an earlier line asks, with the same tools: they are left out. */
  duplicates: z.array(z.object({ line: z.number().int(), of: z.number().int() })),
  /** One is enough that nothing is imported; the first 100 are told. */
  problems: z.array(
    z.object({
      line: z.number().int(),
      file: z.enum(["text", "answers"]),
      field: z.string(),
      code: z.string(),
      message: z.string(),
      fix: z.string(),
    }),
  ),
});
export type FileReport = z.infer<typeof FileReportSchema>;
