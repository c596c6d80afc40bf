import type { ComparedFigure } from "../browser/cache-sources-schema.ts";

/** Sums over the steps that a node counted itself and in which it was followed, and the seconds that these span. */
export type ComparedCount = { of: ComparedFigure; measured: number; derived: number; seconds: number };

/** Entries into the batch hang on gaps below a millisecond between requests; they move no weights. */
const LOOSE: ReadonlySet<ComparedFigure> = new Set(["swaps.gpu"]);
/** Of fewer than these one more or less is no disagreement. */
const LEAST_COUNT = 10;
/**
 * What happened up to ten seconds before a look counts where the look lies, so at either edge one source may have what the
 * other has not: in less than ten minutes of loads that is no small share.
 */
const LEAST_SECONDS = 600;
/** Both must know so much of a step: a count of half of it lies beside one of the whole by chance. */
const LEAST_OF_STEP = 5 / 6;

/** Adds up what two sources say of the same nodes and steps. */
export function createComparison(names: readonly ComparedFigure[], stepSeconds: number) {
  const [measured, derived] = [new Float64Array(names.length), new Float64Array(names.length)];
  const first = new Float64Array(names.length).fill(Number.POSITIVE_INFINITY);
  const last = new Float64Array(names.length);
  const least = LEAST_OF_STEP * stepSeconds;
  return {
    /** Whether so many seconds of a step are enough to set it beside another source's. */
    isWhole: (seconds: number): boolean => seconds >= least,
    /** @param name its place among the names @param at where the step begins, in Unix milliseconds */
    add(name: number, at: number, counted: number, followed: number): void {
      first[name] = Math.min(first[name] ?? at, at);
      last[name] = Math.max(last[name] ?? at, at);
      measured[name] = (measured[name] ?? 0) + counted;
      derived[name] = (derived[name] ?? 0) + followed;
    },
    counts: (): ComparedCount[] =>
      names.flatMap((of, name) => {
        const seconds = ((last[name] ?? 0) - (first[name] ?? 0)) / 1000 + stepSeconds;
        if (seconds < stepSeconds) return []; // nothing was added
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

const WORDS: Record<ComparedFigure, string> = {
  "evictions.gpu": "lost a slot",
  "evictions.cpu": "left the CPU cache",
  "swaps.gpu": "were in a slot already",
  "swaps.cpu": "came from the CPU cache",
  "swaps.disk": "came from disk",
};

/** Both sources of a chart's figures in one sentence; null = nothing was known from two. */
export function comparedSentence(counts: readonly ComparedCount[]): string | null {
  const told = counts.filter(({ of }) => !LOOSE.has(of));
  if (told.length === 0) return null;
  const shares = told.flatMap((count) => apartShare(count) ?? []);
  const furthest = shares.length === 0 ? "" : `, at most ${Math.round(Math.max(...shares) * 100)} % apart`;
  const pairs = told.map(({ of, measured, derived }) => `${measured} and ${derived} ${WORDS[of]}`);
  return `Counted by the nodes and derived from our own requests, over the steps that both know${furthest}: ${pairs.join("; ")}.`;
}
