import { LEAST_BUDGET, MOST_BUDGET, type ObjectiveKind, TARGET_MS } from "../browser/objective-kinds.ts";
import type { Count } from "./judge-burn.ts";

type KindDef = {
  title: string;
  /** What the target is: a limit in ms for 95 % of the requests, the least share that is good, or the most that is bad. */
  target: "ms" | "least" | "most";
  /** Good requests, to follow "95 of 100". */
  good: (target: number) => string;
};

/**
 * What each kind counts. Of customers' requests only: those of evaluations, shadows and probes never count, nor do those
 * that are refused for a fault of their own (400 to 499), such as a tenant's over its own limits.
 */
export const KINDS: Record<ObjectiveKind, KindDef> = {
  // of those answered; what was not is availability's matter
  latency_p95: { title: "End-to-end p95", target: "ms", good: (ms) => `replies within ${duration(ms)}` },
  // of streams answered: only they have a first token
  ttft_p95: { title: "First token p95", target: "ms", good: (ms) => `streamed replies begin within ${duration(ms)}` },
  // of those answered, failed (500 and above) or turned away for want of room
  availability: { title: "Availability", target: "least", good: () => "requests answered" },
  // of those answered
  fallback_share: { title: "Own version", target: "most", good: () => "replies from the requested model" },
};

const P95 = 0.95;

/** The share of requests that must be good, 0 to 1. */
export function goalOf(kind: ObjectiveKind, target: number): number {
  switch (KINDS[kind].target) {
    case "ms":
      return P95;
    case "least":
      return target;
    case "most":
      return 1 - target;
  }
}

export type TargetFault = { code: string; message: string; fix: string };

/** Why a target cannot be; null = it can. */
export function targetFault(kind: ObjectiveKind, target: number): TargetFault | null {
  const unit = KINDS[kind].target;
  if (unit === "ms")
    return Number.isInteger(target) && target >= TARGET_MS.min && target <= TARGET_MS.max
      ? null
      : {
          code: "bad_target",
          message: `${target} ms cannot be a target.`,
          fix: `Give a whole number from ${TARGET_MS.min} to ${TARGET_MS.max.toLocaleString("en-US")} ms.`,
        };
  const budget = 1 - goalOf(kind, target);
  // 1 - 0.95 is a little more than 0.05
  if (budget >= LEAST_BUDGET - 1e-12 && budget <= MOST_BUDGET + 1e-12) return null;
  return {
    code: "bad_target",
    message: `${target} would allow ${numberText(budget * 100)} of 100 requests to be bad; from ${numberText(LEAST_BUDGET * 100)} to ${numberText(MOST_BUDGET * 100)} can be watched.`,
    fix:
      unit === "least"
        ? "Give a share from 0.95 to 0.99999, such as 0.999."
        : "Give a share from 0.00001 to 0.05, such as 0.01.",
  };
}

/** The promise in plain words: "95 of 100 replies within 1.2 s". */
export const promiseText = (kind: ObjectiveKind, target: number): string =>
  `${ofHundred(goalOf(kind, target))} ${KINDS[kind].good(target)}`;

/**
 * "last 7 days: 97", of as many as the promise names; rounded so that what was missed never reads as kept, nor what was
 * spoilt as whole.
 */
export function outcomeText({ good, total }: Count, goal: number, windowDays: number): string {
  const span = windowDays === 1 ? "last 24 hours" : `last ${windowDays} days`;
  if (total === 0) return `${span}: no requests`;
  const of = denominator(goal);
  const exact = (good / total) * of;
  const isTrue = (shown: number) =>
    (good === total || shown < of) && shown >= goal * of - 1e-6 === exact >= goal * of - 1e-6;
  const digits = [0, 1, 2, 3, 4].find((count) => isTrue(Number(exact.toFixed(count))));
  return `${span}: ${digits === undefined ? exact.toString() : Number(exact.toFixed(digits)).toString()}`;
}

const ofHundred = (goal: number): string => `${Math.round(goal * denominator(goal))} of ${denominator(goal)}`;

/** 100, or as many more as make the goal a whole number of them. */
function denominator(goal: number): number {
  let of = 100;
  while (of < 100_000 && Math.abs(goal * of - Math.round(goal * of)) > 1e-6) of *= 10;
  return of;
}

const numberText = (value: number): string => Number(value.toPrecision(4)).toString();

/** "470 ms", from a second on "1.2 s". */
export const duration = (ms: number): string => (ms < 1_000 ? `${ms} ms` : `${numberText(ms / 1_000)} s`);
