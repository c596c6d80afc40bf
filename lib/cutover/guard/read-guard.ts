import type { Measurement } from "#lib/http/schema.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { type MakeMeasurement, measurementsOf } from "#lib/metrics/measurement.ts";
import { notFound } from "#lib/platform/errors.ts";
import { countComparisons, countOutcomes, type OutcomeBin } from "#lib/requests/outcomes/outcome-store.ts";
import { addOutcomes, type Comparisons, NO_OUTCOMES, type Outcomes } from "#lib/requests/outcomes/outcomes.ts";
import type { Guard, GuardSignal } from "../browser/guard-schema.ts";
import { isOpen } from "../phases.ts";
import { isWatched, type WatchedPhase } from "../plan-step.ts";
import { type CutoverRecord, getCutover, planOf } from "../store.ts";
import { type GuardState, readGuardState } from "./guard-state.ts";
import { judgeSignals, type SignalReading } from "./judge-signals.ts";
import { isGatewayHeard, sidesOf, stepWindow } from "./watch-step.ts";

const MAX_POINTS = 60;
const SHORTEST_STEP_S = 5;

type WatchedStep = { phase: WatchedPhase; weight: number; from: Date; to: Date | null };

/** How the guard of a cutover sees its present step, or saw its last. @throws AppError `not_found` */
export async function readGuard(ctx: Ctx, cutoverId: string): Promise<Guard> {
  const cutover = await getCutover(ctx.tx, cutoverId);
  if (cutover === null) throw notFound("cutover");
  const now = ctx.clock.now();
  const step = watchedStep(cutover);
  const isHeard = await isGatewayHeard(ctx);
  if (step === null)
    return viewOf(cutover, { step, isHeard, now, stepSeconds: SHORTEST_STEP_S, bins: [], comparisons: NONE });
  const until = step.to ?? now;
  const seconds = Math.max(0, until.getTime() - step.from.getTime()) / 1000;
  const stepSeconds = Math.max(SHORTEST_STEP_S, Math.ceil(seconds / MAX_POINTS));
  const window = stepWindow(cutover, step.from, until);
  const { late } = readGuardState(cutover.guard);
  const sides = await sidesOf(ctx, cutover, step.phase);
  const bins = await countOutcomes(ctx.tx, window, sides, { late, stepMs: stepSeconds * 1000 });
  const copies = { ...window, from: cutover.createdAt };
  const comparisons = await countComparisons(ctx.tx, copies, cutover.toVersionId);
  return viewOf(cutover, { step, isHeard, now, stepSeconds, bins, comparisons });
}

const NONE: Comparisons = { same: 0, different: 0, bothNone: 0, notComparable: 0 };

/** The last step that a guard watched, and until when. */
function watchedStep({ history, phase, stepAt, finishedAt }: CutoverRecord): WatchedStep | null {
  const taken = history.filter(({ isHold }) => !isHold);
  const at = taken.findLastIndex((step) => isWatched(step.phase));
  const last = taken[at];
  if (last === undefined || !isWatched(last.phase)) return null;
  const isNow = isOpen(phase) && last.phase === phase;
  const next = taken[at + 1];
  return {
    phase: last.phase,
    weight: last.weight ?? 0,
    from: isNow && stepAt !== null ? stepAt : new Date(last.at),
    to: isNow ? null : next === undefined ? finishedAt : new Date(next.at),
  };
}

type Seen = {
  step: WatchedStep | null;
  isHeard: boolean;
  now: Date;
  stepSeconds: number;
  bins: readonly OutcomeBin[];
  comparisons: Comparisons;
};

function viewOf(cutover: CutoverRecord, seen: Seen): Guard {
  const { step, isHeard, now, stepSeconds, bins, comparisons } = seen;
  const state = readGuardState(cutover.guard);
  const totals = sidesUntil(bins, Number.POSITIVE_INFINITY, state);
  const make = measurementsOf({ simulated: totals.candidate.simulated || totals.live.simulated, asOf: now });
  const trend = step === null ? [] : trendOf(seen, step, state);
  return {
    step: step && { ...step, from: step.from.toISOString(), to: step.to?.toISOString() ?? null },
    isHeard,
    samples: make(isHeard || step?.to ? totals.candidate.requests : null, "count"),
    needed: step === null || step.phase === "soaking" ? null : planOf(cutover).minRequests,
    firstTokenAfterMs: state.late.firstMs,
    wholeAfterMs: state.late.wholeMs,
    signals: judgeSignals(totals.candidate, totals.live).map((reading, at) => signalOf(reading, make, trend, at)),
    comparisons: {
      same: make(comparisons.same, "count"),
      different: make(comparisons.different, "count"),
      bothNone: make(comparisons.bothNone, "count"),
      notComparable: make(comparisons.notComparable, "count"),
    },
    stepSeconds,
    asOf: now.toISOString(),
  };
}

/** What was seen of both sides until a span's end; a replaced version's counts stand from the begin. */
function sidesUntil(bins: readonly OutcomeBin[], last: number, { reference }: GuardState) {
  const sum = (isCandidate: boolean): Outcomes =>
    bins.reduce(
      (all, bin) => (bin.bin <= last && bin.isCandidate === isCandidate ? addOutcomes(all, bin.outcomes) : all),
      NO_OUTCOMES,
    );
  return { candidate: sum(true), live: reference ?? sum(false) };
}

type Trend = readonly { at: Date; readings: readonly SignalReading[] }[];

function trendOf({ bins, now, stepSeconds }: Seen, { from, to }: WatchedStep, state: GuardState): Trend {
  const spans = Math.floor(Math.max(0, (to ?? now).getTime() - from.getTime()) / (stepSeconds * 1000));
  return Array.from({ length: Math.min(MAX_POINTS, spans) }, (_, bin) => {
    const { candidate, live } = sidesUntil(bins, bin, state);
    return { at: new Date(from.getTime() + (bin + 1) * stepSeconds * 1000), readings: judgeSignals(candidate, live) };
  });
}

function signalOf(reading: SignalReading, make: MakeMeasurement, trend: Trend, index: number): GuardSignal {
  const { signal, candidate, live, tolerance, isBreached } = reading;
  const share = ({ bad, of }: { bad: number; of: number }): Measurement => make(of === 0 ? null : bad / of, "ratio");
  return {
    signal,
    candidate: share(candidate),
    live: share(live),
    candidateCounts: candidate,
    liveCounts: live,
    difference: make(reading.difference, "ratio", "derived"),
    atLeast: make(reading.atLeast, "ratio", "derived"),
    tolerance,
    isBreached,
    points: trend.flatMap(({ at, readings }) => {
      const then = readings[index];
      if (then === undefined) return [];
      return [
        { at: at.toISOString(), difference: then.difference, atLeast: then.atLeast, requests: then.candidate.of },
      ];
    }),
  };
}
