import type { ComparedCounter } from "../browser/cache-sources-schema.ts";

/** Sums over the steps that a node counted itself and in which it was followed, and the seconds that these span. */
export type ComparedCount = { of: ComparedCounter; measured: number; derived: number; seconds: number };

/** Entries into the batch hang on gaps below a millisecond between requests; they move no weights. */
const LOOSE: ReadonlySet<ComparedCounter> = new Set(["swaps.gpu"]);
/** Of fewer than these one more or less is no disagreement. */
const LEAST_COUNT = 10;
/** Less than ten minutes that both know say nothing: a load at the edge of one may lie in the next for the other source. */
const LEAST_SECONDS = 600;
/** Both must know so much of a step: a count of half of it lies beside one of the whole by chance. */
const LEAST_OF_STEP = 5 / 6;

/**
 * Adds up what two sources say of the same nodes, over whole steps that have ended.
 * @param untilMs what lies later is not complete: requests still run, and traces are on their way
 */
export function createComparison(names: readonly ComparedCounter[], stepSeconds: number, untilMs: number) {
  const [measured, derived] = [new Float64Array(names.length), new Float64Array(names.length)];
  const steps = names.map(() => new Set<number>());
  const least = LEAST_OF_STEP * stepSeconds;
  return {
    /** Whether a step has ended. @param at where it begins, in Unix milliseconds */
    hasEnded: (at: number): boolean => at + stepSeconds * 1000 <= untilMs,
    /** Whether so many seconds of a step are enough to set it beside another source's. */
    isWhole: (seconds: number): boolean => seconds >= least,
    /** @param name its place among the names @param at where the step begins, in Unix milliseconds */
    add(name: number, at: number, counted: number, followed: number): void {
      steps[name]?.add(at);
      measured[name] = (measured[name] ?? 0) + counted;
      derived[name] = (derived[name] ?? 0) + followed;
    },
    counts: (): ComparedCount[] =>
      names.flatMap((of, name) => {
        const seconds = (steps[name]?.size ?? 0) * stepSeconds;
        if (seconds === 0) return [];
        return { of, measured: Math.round(measured[name] ?? 0), derived: Math.round(derived[name] ?? 0), seconds };
      }),
  };
}

/** How far they are apart, as a share of the larger; null = too few to say, or not to be held against each other. */
export function apartShare({ of, measured, derived, seconds }: ComparedCount): number | null {
  const larger = Math.max(measured, derived);
  if (larger < LEAST_COUNT || seconds < LEAST_SECONDS || LOOSE.has(of)) return null;
  return Math.abs(measured - derived) / larger;
}

/** The figure whose sources are the furthest apart; null = of none enough is known. */
export function furthestApart(counts: readonly ComparedCount[]): { of: ComparedCounter; share: number } | null {
  const shares = counts.flatMap((count) => {
    const share = apartShare(count);
    return share === null ? [] : [{ of: count.of, share }];
  });
  return shares.reduce<(typeof shares)[number] | null>(
    (most, one) => (most === null || one.share > most.share ? one : most),
    null,
  );
}

const WORDS: Record<ComparedCounter, string> = {
  "evictions.gpu": "lost a slot",
  "evictions.cpu": "left the CPU cache",
  "swaps.gpu": "were in a slot already",
  "swaps.cpu": "came from the CPU cache",
  "swaps.disk": "came from disk",
};

/** Both sources of a chart's figures in one sentence; null = nothing was known from two. */
export function comparedSentence(counts: readonly ComparedCount[]): string | null {
  const compared = counts.filter(({ of }) => !LOOSE.has(of));
  if (compared.length === 0) return null;
  const furthest = furthestApart(compared);
  const pairs = compared.map(
    ({ of, measured, derived }) =>
      `${measured} and ${derived} ${WORDS[of]}${of === furthest?.of ? ` (${Math.round(furthest.share * 100)} % apart)` : ""}`,
  );
  return `Counted by the nodes and derived from our own requests, over the ended steps that both know: ${pairs.join("; ")}.`;
}
