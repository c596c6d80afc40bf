/** A cause is out of range in at least this share of the bad minutes, and in at most that share of the good ones. */
export const LEAST_OF_BAD = 0.8;
export const MOST_OF_GOOD = 0.2;
/** Fewer minutes than these prove nothing. */
export const LEAST_BAD_MINUTES = 2;
export const LEAST_GOOD_MINUTES = 5;

/** Minutes with the symptom and without it, by when they begin, in ms. Minutes that say nothing are in neither. */
export type Symptom = { bad: readonly number[]; good: readonly number[] };

/** When something that may be the cause was out of its range, and when nobody can tell. */
export type CandidateMinutes = { out: ReadonlySet<number>; unknown: ReadonlySet<number> };

type Share = { out: number; of: number };
/** How often a candidate was out of range. */
export type Weight = { isConfirmed: boolean; bad: Share; good: Share };

/** Whether a candidate explains a symptom. A minute in which it is unknown counts against it, good or bad. */
export function weighCandidate({ bad, good }: Symptom, { out, unknown }: CandidateMinutes): Weight {
  const inBad = { out: bad.filter((minute) => out.has(minute) && !unknown.has(minute)).length, of: bad.length };
  const inGood = { out: good.filter((minute) => out.has(minute) || unknown.has(minute)).length, of: good.length };
  const isConfirmed =
    inBad.of >= LEAST_BAD_MINUTES &&
    inGood.of >= LEAST_GOOD_MINUTES &&
    inBad.out >= LEAST_OF_BAD * inBad.of &&
    inGood.out <= MOST_OF_GOOD * inGood.of;
  return { isConfirmed, bad: inBad, good: inGood };
}

/** The candidates, each with its weight, the most convincing first; equals stay in their order. */
export function weighCandidates<Candidate extends CandidateMinutes>(
  symptom: Symptom,
  candidates: readonly Candidate[],
): (Candidate & { weight: Weight })[] {
  const lead = ({ bad, good }: Weight) => shareOf(bad) - shareOf(good);
  return candidates
    .map((candidate) => ({ ...candidate, weight: weighCandidate(symptom, candidate) }))
    .sort((a, b) => Number(b.weight.isConfirmed) - Number(a.weight.isConfirmed) || lead(b.weight) - lead(a.weight));
}

const shareOf = ({ out, of }: Share): number => (of === 0 ? 0 : out / of);
