/** Our own use of an adapter on one node process. */
export type Use = {
  /** Requests in flight. */
  running: number;
  /** When the last one was dispatched or ended; minus infinity = never. */
  usedAt: number;
};

/** A node is scraped by a worker, whose clock may be off against ours by so much. */
export const CLOCKS_APART_MS = 1_000;

/**
 * Whether what we sent is newer than a scrape of the node, which then says nothing about this adapter: it may have been taken
 * before the weights came. What runs is in its slot whatever a scrape says; what ended may have been swapped in until then.
 * @param lookedAt not later than the moment in which the node was so
 */
export const isNewerThanScrape = ({ running, usedAt }: Use, scrapedAt: number): boolean =>
  running > 0 || usedAt >= scrapedAt;

/**
 * A scrape's moment by our steady clock: as early as it may have been, so that what we did about then counts as newer. The
 * next scrape, 10 s later, settles it. A scrape from the future is one of a clock that is fast: it was taken before now.
 */
export const momentOfScrape = (at: Date, now: Date, steadyNow: number): number =>
  steadyNow - Math.max(0, now.getTime() - at.getTime()) - CLOCKS_APART_MS;
