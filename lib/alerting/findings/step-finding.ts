/** An open finding, as far as its clearing goes. */
export type OpenFinding = { goodSince: Date | null };

export type FindingStep =
  | { kind: "seen" }
  /** It was not seen, but not for long enough to call it over. */
  | { kind: "wait"; goodSince: Date }
  | { kind: "clear" };

/** A finding clears once nobody saw it for this long: a quiet minute between two bursts is no cure. */
export const CLEARS_AFTER_MS = 3 * 60_000;

/** What becomes of an open finding at a look that could judge it. */
export function stepFinding({ goodSince }: OpenFinding, isSeen: boolean, now: Date): FindingStep {
  if (isSeen) return { kind: "seen" };
  const since = goodSince ?? now;
  return now.getTime() - since.getTime() >= CLEARS_AFTER_MS ? { kind: "clear" } : { kind: "wait", goodSince: since };
}
