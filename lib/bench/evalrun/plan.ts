import { createRandom } from "#lib/evals/random.ts";
import type { DecodingMode, SampleSide } from "#lib/evals/schema.ts";
import type { StoredCase } from "#lib/evals/stored-sample.ts";
import { generateSuite } from "#lib/evals/suites/generator/generate-suite.ts";

/** What is asked: by the client in one process, known to the mock in the other. */
export const SIZE = { tenants: 20, prompts: 200 };
export const CONCURRENCY = 32;
export const SIDES = ["baseline", "candidate"] as const satisfies readonly SampleSide[];
export type AskedSide = (typeof SIDES)[number];

export const tenantAt = (index: number): string => `tenant-${index + 1}`;
export const versionOf = (tenant: string, side: AskedSide): string => `${tenant}/${side}`;
export const suiteOf = (tenant: string): StoredCase[] =>
  generateSuite({ seed: tenant, count: SIZE.prompts }).map((one) => ({ ...one, caseId: `${tenant}/${one.ordinal}` }));

/** A twentieth of what tool calls of 100 to 400 tokens take, so that a run ends within a minute. */
const MEDIAN_MS = 80;
/** Of the logarithm. Half of its variance is the prompt's: how long its right answer is; the rest is chance. */
const SPREAD = 0.5;
const PROMPT_SHARE = 0.5;
/** Of all attempts; what is left is answered. */
const FAULTS = { refused: 0.005, broken: 0.005, cut: 0.002, truncated: 0.003 };

export type Fate = { kind: keyof typeof FAULTS | "answered"; latencyMs: number };
export type Attempt = { tenant: string; side: AskedSide; mode: DecodingMode; ordinal: number; attempt: number };

/** What becomes of an attempt: the same for the same seed, whenever it comes. Latencies are log-normal. */
export function fateOf(seed: number, { tenant, side, mode, ordinal, attempt }: Attempt): Fate {
  const own = createRandom(`${seed}/${tenant}/${ordinal}/${side}/${mode}/${attempt}`);
  const prompt = createRandom(`${seed}/${tenant}/${ordinal}`);
  const normal = Math.sqrt(PROMPT_SHARE) * gauss(prompt.next) + Math.sqrt(1 - PROMPT_SHARE) * gauss(own.next);
  const latencyMs = MEDIAN_MS * Math.exp(SPREAD * normal);
  let chance = own.next();
  for (const [kind, share] of Object.entries(FAULTS) as [keyof typeof FAULTS, number][]) {
    if (chance < share) return { kind, latencyMs: kind === "refused" ? 0 : latencyMs };
    chance -= share;
  }
  return { kind: "answered", latencyMs };
}

/** Box and Muller's. */
const gauss = (next: () => number): number => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());

/** Now and then the mock is full and turns everybody away, saying for how long. */
export const SPELL = { everyArrivals: 1_200, minMs: 60, maxMs: 200 };
