import * as z from "zod";
import { idOf, MeasurementSchema } from "#lib/http/schema.ts";

export const baselineKinds = ["live", "origin", "standalone", "itself", "base"] as const;
/**
 * `live`: the version that serves now; `origin`: the customer's present deployment; `standalone`: the candidate itself,
 * alone on the pool's standalone node; `itself`: the candidate twice on the same nodes, which shows drift only; `base`: the
 * pool's base model without an adapter.
 */
export type BaselineKind = (typeof baselineKinds)[number];

/** A deployment of somebody else, as a run found it. */
export const BaselineOriginSchema = z.object({
  endpointId: idOf("end"),
  name: z.string(),
  baseUrl: z.string(),
  /** The model it is asked for. */
  model: z.string(),
});
export type BaselineOrigin = z.infer<typeof BaselineOriginSchema>;

export const BaselineChoiceSchema = z.object({
  kind: z.enum(baselineKinds),
  /** What it is here, such as "v3, live" or "api.example.com, model gpt-x". */
  name: z.string(),
  /** What a pass against it proves, and what it does not. */
  proves: z.string(),
  /** Whether a run against it can pass its gate; otherwise it only compares. */
  gates: z.boolean(),
  /** Why a run cannot be started against it now; null = it can. */
  refusal: z.object({ code: z.string(), message: z.string(), fix: z.string() }).nullable(),
});
export type BaselineChoice = z.infer<typeof BaselineChoiceSchema>;

/**
 * How fast a pool answers evaluations, and when they end at the latest: while customers keep every node busy and none of
 * them waits in the pool's queue. Prompts that are asked again, and what an origin answers, come on top.
 */
export const SpeedSchema = z.object({
  /** That serve customers. */
  nodes: z.number().int(),
  /** Mean time of an answer on its node. */
  service: MeasurementSchema,
  /** For one prompt of a suite, all its answers. */
  latestPerPrompt: MeasurementSchema,
  /** For what is left of a run; null = it has not begun. */
  latestLeft: MeasurementSchema.nullable(),
});

/** What a version can be measured against now, explained. */
export const BaselinesSchema = z.object({
  versionId: idOf("ver"),
  /** What proves most; null = nothing can be measured against. */
  recommended: z.enum(baselineKinds).nullable(),
  /** Why that one, in a sentence. */
  because: z.string(),
  /** What a run takes that names none; never a server that is not ours. */
  unnamed: z.enum(baselineKinds).nullable(),
  /** All kinds, what proves most first. */
  choices: z.array(BaselineChoiceSchema),
  /** null = the pool answered nothing lately. */
  speed: SpeedSchema.nullable(),
});
export type Baselines = z.infer<typeof BaselinesSchema>;
