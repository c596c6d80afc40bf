import * as z from "zod";

const Share = z.number().min(0).max(1);

/** How well one adapter answers known prompts. */
export const BehaviourSchema = z.object({
  /** Share of prompts answered rightly. */
  skill: Share.default(1),
  /** Share of prompts whose answer is a coin toss: by request in greedy mode, by `seed` when sampled. */
  flake: Share.default(0),
  /** Categories whose prompts are always answered wrongly. */
  brokenCategories: z.array(z.string()).default([]),
  /** Adapters of one salt find the same prompts hard, so of two the more skilled is right wherever the other is. */
  salt: z.string().optional(),
});
export type Behaviour = z.infer<typeof BehaviourSchema>;

export const AnswerSchema = z.object({
  category: z.string(),
  /** The right calls; empty = the right answer is to call nothing. `arguments` is JSON text. */
  calls: z.array(z.object({ name: z.string(), arguments: z.string() })),
  /** What to say when nothing is called. */
  text: z.string().optional(),
});
export type Answer = z.infer<typeof AnswerSchema>;

/** The answer key and behaviours of a simulated fleet. Only simulated nodes ever read it. */
export const ScenarioSchema = z.object({
  version: z.literal(1),
  /** By `promptHash`. */
  answers: z.record(z.string(), AnswerSchema).default({}),
  /** By sha256 of adapter_model.safetensors, or its first 12 digits. */
  digests: z.record(z.string(), BehaviourSchema).default({}),
  /** Adapters that are not listed. */
  fallback: BehaviourSchema.default({ skill: 1, flake: 0, brokenCategories: [] }),
  /** The base model without an adapter. */
  base: BehaviourSchema.default({ skill: 0.55, flake: 0, brokenCategories: [], salt: "base" }),
});
export type Scenario = z.infer<typeof ScenarioSchema>;

export const emptyScenario: Scenario = ScenarioSchema.parse({ version: 1 });

/** @param digest full sha256 of the adapter's weights; null = the base model */
export function behaviourOf(scenario: Scenario, digest: string | null): Behaviour {
  if (digest === null) return scenario.base;
  return scenario.digests[digest] ?? scenario.digests[digest.slice(0, 12)] ?? scenario.fallback;
}
