/** What a rule makes of a value. near = below the limit, but not clear of it: an alert neither begins nor ends there. */
export type Judged = "bad" | "near" | "good";

/**
 * A value against the limit that it must not exceed. Two limits instead of one, so that a value that swings around the
 * limit does not end its alert and begin it again.
 * @param clearShare the part of the limit from which on it is well, 0 to 1
 */
export function judgeThreshold(value: number, limit: number, clearShare: number): Judged {
  if (value > limit) return "bad";
  return value > limit * clearShare ? "near" : "good";
}
