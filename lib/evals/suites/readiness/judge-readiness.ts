import type { Measurement } from "#lib/http/schema.ts";
import { measurementsOf } from "#lib/metrics/measurement.ts";
import type { ReadinessItem } from "../../browser/readiness-schema.ts";
import { GATE_PROMPTS_MIN } from "../../browser/suite-sizes.ts";
import { defaultPolicy } from "../../gate-policy.ts";

/** A suite that tries fewer kinds of traps is a gate with holes. */
export const CATEGORIES_MIN = 12;
/** Prompts that the customer never saw: with fewer than this nobody can tell a version tuned on the gate. */
const HELD_OUT_SHARE_MIN = 0.1;

/** What is known of the suite that a gate would take. */
export type SuiteFacts = {
  caseCount: number;
  categories: number;
  duplicates: number;
  heldOut: number;
};

/** The baseline's own answers in the last completed run with this suite. */
export type BaselineFacts = { asked: number; wrong: number; simulated: boolean; at: Date };

export type Facts = { suite: SuiteFacts | null; baseline: BaselineFacts | null; hasTools: boolean; now: Date };

type Judged = Omit<ReadinessItem, "code" | "title">;

const TITLES: Record<ReadinessItem["code"], string> = {
  prompts: "Prompts",
  categories: "Categories",
  duplicates: "Duplicates",
  baseline: "Baseline",
  held_out: "Held out",
  tools: "Own tools",
};

/** How far a tenant is from a suite that can gate: each part with what there is, what is wanted and what to do. */
export function judgeReadiness(facts: Facts): ReadinessItem[] {
  const { suite, now } = facts;
  const counted = measurementsOf({ simulated: false, asOf: now });
  const items: Record<ReadinessItem["code"], Judged> = {
    prompts: prompts(suite?.caseCount ?? 0, counted),
    categories: categories(suite, counted),
    duplicates: duplicates(suite, counted),
    baseline: baseline(facts.baseline, now),
    held_out: heldOut(suite, counted),
    tools: tools(facts.hasTools, counted),
  };
  return (Object.keys(items) as ReadinessItem["code"][]).map((code) => ({ code, title: TITLES[code], ...items[code] }));
}

type Counted = (value: number | null, unit: string) => Measurement;

function prompts(count: number, counted: Counted): Judged {
  const short = GATE_PROMPTS_MIN - count;
  const have = counted(count, "prompts");
  if (short <= 0) return { state: "ok", have, need: GATE_PROMPTS_MIN, sentence: `${count} prompts.`, fix: null };
  const sentence = count === 0 ? "There is no suite yet." : `${count} prompts; a gate needs ${GATE_PROMPTS_MIN}.`;
  const fix = count === 0 ? "Generate a suite, bind a template, or import a file." : `Add ${short} prompts.`;
  return { state: "missing", have, need: GATE_PROMPTS_MIN, sentence, fix };
}

function categories(suite: SuiteFacts | null, counted: Counted): Judged {
  const have = counted(suite?.categories ?? null, "categories");
  const need = CATEGORIES_MIN;
  if (suite === null) return { state: "unknown", have, need, sentence: "There is no suite yet.", fix: null };
  const sentence = `${suite.categories} kinds of prompts.`;
  if (suite.categories >= need) return { state: "ok", have, need, sentence, fix: null };
  const fix = "Generate from the tenant's own tools: they try 18 kinds of traps, as far as the tools allow.";
  return { state: "weak", have, need, sentence: `${suite.categories} kinds of prompts; ${need} are wanted.`, fix };
}

function duplicates(suite: SuiteFacts | null, counted: Counted): Judged {
  const have = counted(suite?.duplicates ?? null, "prompts");
  if (suite === null) return { state: "unknown", have, need: 0, sentence: "There is no suite yet.", fix: null };
  const count = suite.duplicates;
  if (count === 0) return { state: "ok", have, need: 0, sentence: "No prompt repeats another.", fix: null };
  const sentence = `${count} ${count === 1 ? "prompt asks" : "prompts ask"} what another one asks with the same tools.`;
  return { state: "weak", have, need: 0, sentence, fix: "Remove them: a pair is one witness, counted twice." };
}

function baseline(facts: BaselineFacts | null, now: Date): Judged {
  const have: Measurement = {
    value: facts === null || facts.asked === 0 ? null : (facts.asked - facts.wrong) / facts.asked,
    unit: "ratio",
    source: "derived",
    simulated: facts?.simulated ?? false,
    asOf: (facts?.at ?? now).toISOString(),
    coverage: null,
  };
  const need = defaultPolicy.baselinePassRateMin;
  if (facts === null || facts.asked === 0)
    return { state: "unknown", have, need, sentence: "No run has completed with this suite yet.", fix: "Run a gate." };
  const { asked, wrong } = facts;
  const sentence = `The baseline itself got ${wrong} of ${asked} prompts wrong.`;
  if (asked - wrong < defaultPolicy.baselinePassRateMin * asked)
    return {
      state: "missing",
      have,
      need,
      sentence: `${sentence} Below ${need * 100} % right, no run can show a regression.`,
      fix: "Correct or replace the prompts that it fails.",
    };
  const fix = "Look at them: a prompt that the baseline fails shows no regression.";
  return { state: wrong === 0 ? "ok" : "weak", have, need, sentence, fix: wrong === 0 ? null : fix };
}

function heldOut(suite: SuiteFacts | null, counted: Counted): Judged {
  const have = counted(suite?.heldOut ?? null, "prompts");
  const need = suite === null ? null : Math.ceil(suite.caseCount * HELD_OUT_SHARE_MIN);
  if (suite === null || need === null)
    return { state: "unknown", have, need, sentence: "There is no suite yet.", fix: null };
  const sentence = `${suite.heldOut} of ${suite.caseCount} prompts are never shown to the customer.`;
  if (suite.heldOut >= need && suite.heldOut > 0) return { state: "ok", have, need, sentence, fix: null };
  return {
    state: "weak",
    have,
    need,
    sentence,
    fix: "Hold a tenth out, so that no adapter can be tuned on all of it.",
  };
}

function tools(hasTools: boolean, counted: Counted): Judged {
  const have = counted(hasTools ? 1 : 0, "tool sets");
  if (hasTools) return { state: "ok", have, need: 1, sentence: "The tenant's own tools are known.", fix: null };
  const sentence = "The tenant's own tools are not known: its suite tries a made-up company's.";
  return { state: "weak", have, need: 1, sentence, fix: "Set its tools, then generate from them." };
}

/** In one sentence, what is missing most. */
export function formatReadiness(items: readonly Pick<ReadinessItem, "state" | "sentence">[]): string {
  const missing = items.filter(({ state }) => state === "missing");
  if (missing.length > 0) return missing.map(({ sentence }) => sentence).join(" ");
  const weak = items.filter(({ state }) => state === "weak");
  return weak.length === 0 ? "Ready to gate." : `Ready to gate. ${weak[0]?.sentence ?? ""}`.trim();
}
