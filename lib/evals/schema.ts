import * as z from "zod";
import { IsoTime, idOf, MeasurementSchema, PageQuery } from "#lib/http/schema.ts";
import { BaselineOriginSchema, baselineKinds, SpeedSchema } from "./browser/baseline-schema.ts";
import { CaseSchema } from "./browser/suite-schema.ts";

export const decodingModes = ["greedy", "sampled"] as const;
export type DecodingMode = (typeof decodingModes)[number];

export const sampleSides = ["baseline", "candidate", "baseline_repeat"] as const;
/** `baseline_repeat` is the baseline asked again: what it disagrees on with itself is the noise floor. */
export type SampleSide = (typeof sampleSides)[number];

export const runStates = ["queued", "running", "completed", "cancelled", "failed"] as const;
export type RunState = (typeof runStates)[number];

export const outcomes = ["pass", "fail", "inconclusive"] as const;
export type Outcome = (typeof outcomes)[number];

export const sampleStatuses = ["pass", "wrong", "invalid"] as const;
/** `invalid` says nothing about the model: the sample is asked again, and never counts as a pass. */
export type SampleStatus = (typeof sampleStatuses)[number];

export const scoreKinds = [
  "match",
  "wrong_name",
  "wrong_arguments",
  "missing_call",
  "unexpected_call",
  "parse_error",
  "duplicate_key",
  "truncated",
  "transport",
] as const;
export type ScoreKind = (typeof scoreKinds)[number];

export const reasonCodes = [
  "no_samples",
  "samples_missing",
  "samples_invalid",
  "too_few_prompts",
  "suite_changed",
  "conditions_differ",
  "not_asked_again",
  "baseline_too_weak",
  "baseline_shifted",
  "baseline_without_tools",
  "baseline_mixed",
  "comparison_only",
  "at_limit",
  "masked_loss",
  "unconfirmed",
  "above_limit",
  "below_limit",
] as const;
export type ReasonCode = (typeof reasonCodes)[number];

// --- verdicts --------------------------------------------------------------------------------------------------

export const ReasonSchema = z.object({
  code: z.enum(reasonCodes),
  /** null = concerns the run as a whole. */
  mode: z.enum(decodingModes).nullable(),
  message: z.string(),
});

/** What one decoding mode showed, over the prompts with a valid answer on all three sides. */
export const ModeReportSchema = z.object({
  outcome: z.enum(outcomes),
  /** What the mode proves about the true regression rate, in words; never "no regression". */
  claim: z.string(),
  /** How often so many prompts miss a small regression, in words. */
  cannotRuleOut: z.string(),
  /** Prompts with a complete triple of answers. */
  n: z.number().int(),
  /** Prompts of the suite. */
  prompts: z.number().int(),
  missing: z.number().int(),
  invalid: z.number().int(),
  /** Prompts that were asked again on both sides, because their answers differed. */
  askedAgain: z.number().int(),
  /** Prompts passed; fractional where prompts are asked several times. */
  baselinePassed: z.number(),
  candidatePassed: z.number(),
  /** Prompts that the baseline mostly answers well and the candidate does not. */
  b: z.number().int(),
  /** The other way round. */
  c: z.number().int(),
  /** Mean over prompts of (baseline pass rate - candidate pass rate); null = nothing to compute it from. */
  netRegression: z.number().nullable(),
  /** Prompts lost, and gained, so surely that chance is no explanation. */
  confirmed: z.number().int(),
  confirmedGains: z.number().int(),
  /** Two-sided, 95 %. */
  netInterval: z.object({ lower: z.number(), upper: z.number() }),
  /** One-sided 95 % upper bound on the true rate of lost prompts. */
  U95: z.number(),
  /** Exact, one-sided: how likely so many losses are by flake alone. */
  pMcNemar: z.number(),
  pSignFlip: z.number().nullable(),
  /** Prompts to which the baseline itself gave right and wrong answers. */
  flakeCount: z.number().int(),
  flakeRate: z.number().nullable(),
  pBaselineShift: z.number(),
  /** Least true regression that a run of this size would have blocked 4 times out of 5. */
  leastDetectable: z.number(),
});

export const VerdictSchema = z.object({
  id: idOf("vdt"),
  outcome: z.enum(outcomes),
  modes: z.object({ greedy: ModeReportSchema, sampled: ModeReportSchema }),
  reasons: z.array(ReasonSchema),
  createdAt: IsoTime,
});
export type Verdict = z.infer<typeof VerdictSchema>;

// --- runs ------------------------------------------------------------------------------------------------------

export const SamplingSchema = z.object({
  temperature: z.number(),
  topP: z.number(),
  /** The prompt at `ordinal` is asked with the first seed plus `ordinal`, on every side; further takes a stride on. */
  seeds: z.array(z.number().int()),
  maxTokens: z.number().int(),
  /** How often each side is asked a prompt at first. */
  takes: z.number().int(),
});

/** Everything but the adapter that can change an answer, as one side of the run found it. */
export const SideConditionsSchema = z.object({
  suiteHash: z.string(),
  normaliserVersion: z.string(),
  baseModel: z.string(),
  vllmVersion: z.string(),
  nodeGpu: z.string(),
  toolParser: z.string(),
  chatTemplateChecksum: z.string(),
  /** The pool's settings that can change an answer, as `name=value name=value`. */
  engineSettings: z.string(),
  gateVersion: z.string(),
  sampling: z.record(z.string(), SamplingSchema),
  concurrency: z.number().int(),
  /** A deployment of others: what it cannot tell stands as `unknown`. */
  origin: BaselineOriginSchema.extend({
    /** Models that its replies name; empty = they name none. */
    answeredAs: z.array(z.string()),
  }).optional(),
});

export const RunConditionsSchema = z.object({ baseline: SideConditionsSchema, candidate: SideConditionsSchema });

export const RunSchema = z.object({
  id: idOf("run"),
  tenantId: idOf("ten"),
  tenantSlug: z.string(),
  tenantName: z.string(),
  suiteId: idOf("sui"),
  suiteName: z.string(),
  suiteRevision: z.number().int(),
  caseCount: z.number().int(),
  adapterId: idOf("adp"),
  adapterSlug: z.string(),
  candidateVersionId: idOf("ver"),
  candidateNumber: z.number().int(),
  /** null = no other version, see `baselineKind`. */
  baselineVersionId: z.string().nullable(),
  baselineNumber: z.number().int().nullable(),
  baselineKind: z.enum(baselineKinds),
  /** The deployment it is measured against, as it was when the run started; null = it is ours. */
  baselineOrigin: BaselineOriginSchema.nullable(),
  /** Whether its verdict may open a cutover; false = it only compares. */
  gates: z.boolean(),
  state: z.enum(runStates),
  /** What it waits for, or why it ended as it did; null when there is nothing to say. */
  message: z.string().nullable(),
  /** By hand, until it is resumed; null = it is not paused. */
  pausedAt: IsoTime.nullable(),
  pausedBy: z.string().nullable(),
  /** Since when it leaves room for customers' requests; null = it does not, and for customers. */
  yieldingSince: IsoTime.nullable(),
  /** How many times this version has been tried: trying often enough passes anything. */
  attempt: z.number().int(),
  samplesTotal: z.number().int(),
  samplesDone: z.number().int(),
  /** null until the first answer, and for customers. */
  conditions: RunConditionsSchema.nullable(),
  requestedBy: z.string(),
  createdAt: IsoTime,
  startedAt: IsoTime.nullable(),
  finishedAt: IsoTime.nullable(),
  /** When the texts of its replies were deleted because of their age; null = they are kept. */
  repliesDeletedAt: IsoTime.nullable(),
  verdict: VerdictSchema.nullable(),
});
export type Run = z.infer<typeof RunSchema>;

const RunProgressSchema = z.object({
  side: z.enum(sampleSides),
  mode: z.enum(decodingModes),
  /** Of the answers that are asked for at first. */
  asked: z.number().int(),
  of: z.number().int(),
  /** Answers beyond those, where sides differed. */
  askedAgain: z.number().int(),
});
export type RunProgress = z.infer<typeof RunProgressSchema>;

const PaceSchema = z.object({
  /** Over the last minutes. */
  callsPerMinute: MeasurementSchema,
  /** Time left at its fastest, and at its slowest, of the last minutes; prompts that differ are asked again on top. */
  leastLeft: MeasurementSchema,
  /** Unknown when it stood still in between. */
  mostLeft: MeasurementSchema,
});
export type Pace = z.infer<typeof PaceSchema>;
export type Speed = z.infer<typeof SpeedSchema>;

/** One run in full. */
export const RunDetailSchema = RunSchema.extend({
  /** Side by side, mode by mode; empty for customers. */
  progress: z.array(RunProgressSchema),
  /** null until 20 answers or a tenth of them are there, while it is paused, once it has ended, and for customers. */
  pace: PaceSchema.nullable(),
  /** null where the pool answered nothing lately, while it is paused, once it has ended, and for customers. */
  speed: SpeedSchema.nullable(),
});
export type RunDetail = z.infer<typeof RunDetailSchema>;

export const StartRun = z.strictObject({
  /** Left out: the tenant's newest suite that is long enough for a gate, else its newest. */
  suiteId: idOf("sui").optional(),
  /**
   * Left out: the live version; without one, the version alone on the pool's standalone node. `origin` asks somebody else's
   * server, so it has to be named.
   */
  baseline: z.enum(baselineKinds).optional(),
});

export const RunsQuery = PageQuery.extend({
  tenantId: idOf("ten").optional(),
  versionId: idOf("ver").optional(),
  state: z.enum(runStates).optional(),
});

// --- the comparison grid ---------------------------------------------------------------------------------------

/** One place where a call's arguments are not the expected ones. */
const DifferenceSchema = z.object({
  /** Such as `$.items[0].date`. */
  path: z.string(),
  /** JSON text; null = should not be there. */
  expected: z.string().nullable(),
  /** JSON text; null = was not there. */
  actual: z.string().nullable(),
});
export type ArgumentDifference = z.infer<typeof DifferenceSchema>;

/** One answer, scored. */
export const SampleSchema = z.object({
  id: idOf("smp"),
  /** 1-based: sampled answers are drawn several times, and what differs is asked again. */
  take: z.number().int(),
  status: z.enum(sampleStatuses),
  kind: z.enum(scoreKinds),
  message: z.string(),
  differences: z.array(DifferenceSchema),
  finishReason: z.string().nullable(),
  seed: z.number().int().nullable(),
  /** null for customers: nodes are not theirs to see. */
  nodeName: z.string().nullable(),
  latencyMs: z.number().int().nullable(),
  /** How often it was asked until it was valid, or given up. */
  attempts: z.number().int(),
});
export type Sample = z.infer<typeof SampleSchema>;

/** The answers of one side to a prompt. */
const SideSchema = z.object({
  /** Take by take; empty = not asked yet. */
  statuses: z.array(z.enum(sampleStatuses)),
  /** The first that is not right, else the first; null = not asked yet. */
  sample: SampleSchema.nullable(),
});

const pairOf = <Side extends z.ZodType>(side: Side) =>
  z.object({
    baseline: side,
    candidate: side,
    baselineRepeat: side,
    /** The baseline mostly passes and the candidate mostly does not. */
    regressed: z.boolean(),
    /** The other way round. */
    improved: z.boolean(),
    /** A side gave right and wrong answers. */
    flaked: z.boolean(),
    /** Lost so surely that chance is no explanation: the baseline passes 5 of 7, the candidate at most 1 of 6. */
    confirmed: z.boolean(),
  });

const caseFields = {
  caseId: idOf("cas"),
  ordinal: z.number().int(),
  category: z.string(),
  /** The last message of the user. */
  prompt: z.string(),
  toolCount: z.number().int(),
};

/** A case with the answers of all sides beside each other. */
export const SamplePairSchema = z.object({
  ...caseFields,
  modes: z.object({ greedy: pairOf(SideSchema), sampled: pairOf(SideSchema) }),
});
export type SamplePair = z.infer<typeof SamplePairSchema>;

export const sampleFilters = ["all", "regressed", "improved", "flaky", "both_fail", "invalid"] as const;
/** In any decoding mode: what got worse, got better, answers now so now so, is wrong on both sides, or says nothing about the model. */
export type SampleFilter = (typeof sampleFilters)[number];

export const sampleOrders = ["suite", "regression"] as const;
/** As they stand in the suite, or what lost most first, in any decoding mode. */
export type SampleOrder = (typeof sampleOrders)[number];

export const SamplesQuery = PageQuery.extend({
  filter: z.enum(sampleFilters).default("all"),
  sort: z.enum(sampleOrders).default("suite"),
  category: z.string().max(80).optional(),
});

/** The grid. Both counts are of the whole run: `counts` of the category, `categories` of the filter. */
export const SamplePageSchema = z.object({
  items: z.array(SamplePairSchema),
  nextCursor: z.string().nullable(),
  counts: z.record(z.enum(sampleFilters), z.number().int()),
  categories: z.array(z.object({ category: z.string(), count: z.number().int() })),
});
export type SamplePage = z.infer<typeof SamplePageSchema>;

const RawSampleSchema = SampleSchema.extend({
  /** The node's reply, byte for byte, as text; null = there was none that could be trusted. */
  rawReply: z.string().nullable(),
});

const differing = { baselineDiffers: z.boolean(), candidateDiffers: z.boolean() };
const beside = {
  /** null = nothing stands there. */
  expected: z.string().nullable(),
  baseline: z.string().nullable(),
  candidate: z.string().nullable(),
  ...differing,
};

/** One right call beside the calls that answered it: the tool's names, then each argument. */
export const ComparedCallSchema = z.object({
  ...beside,
  /** What differs first. Values are JSON text. */
  rows: z.array(z.object({ path: z.string(), ...beside })),
  rowsLeftOut: z.number().int(),
});
export type ComparedCall = z.infer<typeof ComparedCallSchema>;

const RawPairSchema = pairOf(z.array(RawSampleSchema)).extend({
  /** Of the baseline a right answer where there is one, of the candidate a wrong one; null = no reply to read. */
  compared: z.object({
    baselineTake: z.number().int().nullable(),
    candidateTake: z.number().int().nullable(),
    calls: z.array(ComparedCallSchema),
  }),
});

/** One case of a run in full: the prompt, the right answer and what came back. */
export const CaseResultSchema = z.object({
  ...caseFields,
  case: CaseSchema,
  modes: z.object({ greedy: RawPairSchema, sampled: RawPairSchema }),
});
export type CaseResult = z.infer<typeof CaseResultSchema>;
