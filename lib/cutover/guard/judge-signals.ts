import type { Outcomes } from "#lib/requests/outcomes/outcomes.ts";
import { SIGNALS, type Signal } from "../browser/guard-schema.ts";
import { logEvidence, lowerBound, type Share } from "./sequential-test.ts";

/** A version as good as the live one breaches a step with at most this probability, over all signals and looks of the step. */
export const STEP_ALPHA = 0.01;
export const SIGNAL_ALPHA = STEP_ALPHA / SIGNALS.length;
const NEEDED = -Math.log(SIGNAL_ALPHA);

/** A share that may be worse by no more than this, as a fraction: less than that nobody would go back for. */
export const TOLERANCE: Record<Signal, number> = {
  errors: 0.01,
  unparsed: 0.02,
  invalid: 0.02,
  first_token: 0.1,
  whole: 0.1,
};

export type SignalReading = {
  signal: Signal;
  candidate: Share;
  live: Share;
  /** Of the candidate's share over the live version's; null = one of them has none yet. */
  difference: number | null;
  /** It is at least this, with the confidence of the guard; null = nothing is ruled out yet. */
  atLeast: number | null;
  tolerance: number;
  isBreached: boolean;
};

/** How each signal stands; a signal that nobody could see on either side has no requests. */
export const judgeSignals = (candidate: Outcomes, live: Outcomes): SignalReading[] =>
  SIGNALS.map((signal) => judgeSignal(signal, shareOf(signal, candidate), shareOf(signal, live)));

function judgeSignal(signal: Signal, candidate: Share, live: Share): SignalReading {
  const tolerance = TOLERANCE[signal];
  const isSeen = candidate.of > 0 && live.of > 0;
  const bound = isSeen ? lowerBound(candidate, live, SIGNAL_ALPHA) : -1;
  return {
    signal,
    candidate,
    live,
    difference: isSeen ? candidate.bad / candidate.of - live.bad / live.of : null,
    atLeast: bound <= -1 ? null : bound,
    tolerance,
    isBreached: isSeen && logEvidence(candidate, live, tolerance) >= NEEDED,
  };
}

function shareOf(signal: Signal, of: Outcomes): Share {
  switch (signal) {
    case "errors":
      return { bad: of.failed, of: of.requests };
    case "unparsed":
      return { bad: of.unparsed, of: of.withCalls };
    case "invalid":
      return { bad: of.invalid, of: of.withCalls - of.unparsed };
    case "first_token":
      return { bad: of.lateFirst, of: of.streams };
    case "whole":
      return { bad: of.lateWhole, of: of.answered };
  }
}

const WHAT: Record<Signal, string> = {
  errors: "failed requests",
  unparsed: "tool calls that cannot be read",
  invalid: "tool calls that break their schema",
  first_token: "first tokens later than the live version's p95",
  whole: "replies later than the live version's p95",
};

/** The first breach in words; null = there is none. */
export function breachSentence(readings: readonly SignalReading[]): string | null {
  const worst = readings.find(({ isBreached }) => isBreached);
  if (worst === undefined) return null;
  const { signal, candidate, live, atLeast, tolerance } = worst;
  const more = atLeast === null ? "" : `, at least ${percent(atLeast)} more with 99 % confidence`;
  return `Guard: ${candidate.bad} of ${candidate.of} ${WHAT[signal]} beside ${live.bad} of ${live.of}${more}; ${percent(tolerance)} more are tolerated.`;
}

const percent = (share: number): string => `${Math.round(share * 1000) / 10} %`;
