import { AppError, type FieldProblem } from "#lib/platform/errors.ts";

/** Adapters of a node that are asked equally often. */
export type AdapterGroup = {
  adapters: number;
  /** Of each of them. */
  requestsPerS: number;
  rank: number;
  /** Means. */
  promptTokens: number;
  outputTokens: number;
};

/** The launch settings of vLLM that memory and speed depend on. */
export type EngineSettings = {
  /** 0 = LoRA off. */
  maxLoras: number;
  maxLoraRank: number;
  maxNumSeqs: number;
  maxModelLen: number;
  /** Share of the GPU's memory, 0 to 1. */
  gpuMemoryUtilization: number;
  /** Prompt and reply tokens of one step. */
  maxNumBatchedTokens: number;
};

const MOST_ADAPTERS = 1_000_000;

type Rule = { is(value: number): boolean; message: string; fix: string };
const COUNT: Rule = whole(1);
const RATE: Rule = {
  is: (value) => Number.isFinite(value) && value >= 0,
  message: "is no rate",
  fix: "Give a number of at least 0.",
};

function whole(least: number): Rule {
  return {
    is: (value) => Number.isSafeInteger(value) && value >= least,
    message: "is no whole number in range",
    fix: `Give a whole number of at least ${least}.`,
  };
}

const TOKENS: Rule = {
  is: (value) => Number.isFinite(value) && value >= 1 && value <= 10_000_000,
  message: "is no number of tokens",
  fix: "Give a number from 1 to 10,000,000.",
};

const SETTING_RULES: Readonly<Record<keyof EngineSettings, Rule>> = {
  maxLoras: whole(0),
  maxLoraRank: COUNT,
  maxNumSeqs: COUNT,
  maxModelLen: COUNT,
  gpuMemoryUtilization: {
    is: (value) => value > 0 && value <= 1,
    message: "is no share of the memory",
    fix: "Give a number above 0 and up to 1.",
  },
  maxNumBatchedTokens: COUNT,
};

const GROUP_RULES: Readonly<Record<keyof AdapterGroup, Rule>> = {
  adapters: whole(0),
  requestsPerS: RATE,
  rank: COUNT,
  promptTokens: TOKENS,
  outputTokens: TOKENS,
};

/** @throws AppError `invalid` that names each field that breaks its rule */
export function checkSettings(settings: EngineSettings): void {
  refuse(problemsOf(settings, SETTING_RULES, ""));
}

/** @throws AppError `invalid` that names each field that breaks its rule, as `groups[3].rank` */
export function checkLoad(groups: readonly AdapterGroup[], settings: EngineSettings): void {
  checkSettings(settings);
  const problems = groups.flatMap((group, index) => problemsOf(group, GROUP_RULES, `groups[${index}].`));
  const tooHigh = settings.maxLoras > 0 ? groups.findIndex(({ rank }) => rank > settings.maxLoraRank) : -1;
  if (tooHigh >= 0)
    problems.push({
      field: `groups[${tooHigh}].rank`,
      code: "above_max_lora_rank",
      message: `is above max_lora_rank, which is ${settings.maxLoraRank}`,
      fix: "Raise max_lora_rank, or leave these adapters to another pool.",
    });
  if (adaptersOf(groups) > MOST_ADAPTERS)
    problems.push({
      field: "groups",
      code: "too_many",
      message: `holds more than ${MOST_ADAPTERS.toLocaleString("en-US")} adapters`,
      fix: "Forecast fewer adapters for one node.",
    });
  refuse(problems);
}

function problemsOf<T extends Record<string, number>>(
  values: T,
  rules: Readonly<Record<keyof T & string, Rule>>,
  path: string,
): FieldProblem[] {
  return (Object.keys(rules) as (keyof T & string)[]).flatMap((field) => {
    const { is, message, fix } = rules[field];
    const value = values[field] ?? Number.NaN;
    return is(value) ? [] : [{ field: path + field, code: "out_of_range", message: `${value} ${message}`, fix }];
  });
}

function refuse(problems: readonly FieldProblem[]): void {
  if (problems.length === 0) return;
  const text = problems.map(({ field, message, fix }) => `${field}: ${message}. ${fix}`).join(" ");
  throw new AppError("invalid", text, { fields: problems });
}

export const adaptersOf = (groups: readonly AdapterGroup[]): number =>
  groups.reduce((sum, { adapters }) => sum + adapters, 0);

/** Requests a second of all adapters. */
export const requestsPerSOf = (groups: readonly AdapterGroup[]): number =>
  groups.reduce((sum, { adapters, requestsPerS }) => sum + adapters * requestsPerS, 0);

/** Prompt and reply tokens a second that clients ask for. */
export const offeredTokensPerS = (groups: readonly AdapterGroup[]): number =>
  groups.reduce(
    (sum, { adapters, requestsPerS, promptTokens, outputTokens }) =>
      sum + adapters * requestsPerS * (promptTokens + outputTokens),
    0,
  );

/**
 * Adapters that have at least one request in the node at an instant, on average: Σ(1 − exp(−rate x time in the node)),
 * as the requests of each come independently of each other (Poisson).
 */
export const expectedDistinct = (groups: readonly AdapterGroup[], secondsInNode: number): number =>
  groups.reduce((sum, { adapters, requestsPerS }) => sum - adapters * Math.expm1(-requestsPerS * secondsInNode), 0);
