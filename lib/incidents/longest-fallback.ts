/** Answers of one tenant in one minute. */
export type FallbackMinute = {
  at: Date;
  /** By something else than what was asked for. */
  fallbacks: number;
  /** By what was asked for. */
  own: number;
  /** When the first fallback arrived and the last one ended; null = there was none. */
  firstAt: Date | null;
  lastAt: Date | null;
};
export type Stretch = { from: Date; to: Date };

/**
 * The longest stretch of fallbacks, from the first that arrived to the last that ended. A minute in which only the tenant's
 * own version answered ends it; a minute without an answer says nothing, so that quiet tenants have fallbacks, too.
 * @param minutes oldest first; null = there was no fallback
 */
export function longestFallback(minutes: readonly FallbackMinute[]): Stretch | null {
  let longest: Stretch | null = null;
  let open: Stretch | null = null;
  for (const { fallbacks, own, firstAt, lastAt } of minutes) {
    if (fallbacks === 0 || firstAt === null || lastAt === null) {
      if (own > 0) open = null;
      continue;
    }
    open = open === null ? { from: firstAt, to: lastAt } : { from: open.from, to: later(open.to, lastAt) };
    if (longest === null || lengthOf(open) > lengthOf(longest)) longest = open;
  }
  return longest;
}

export const lengthOf = ({ from, to }: Stretch): number => to.getTime() - from.getTime();
const later = (one: Date, other: Date): Date => (one > other ? one : other);
