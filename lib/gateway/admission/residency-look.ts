/** Our own use of an adapter on one node process. */
export type Use = {
  /** Requests in flight. */
  running: number;
  /** When the last one was dispatched or ended; minus infinity = never. */
  usedAt: number;
};

/** A node is looked at by a worker, whose clock may be off against ours by so much. */
export const CLOCKS_APART_MS = 1_000;

/**
 * Whether what we sent is newer than a look at the node, which then says nothing about this adapter: it may have been taken
 * before the weights came. What runs is in its slot whatever a look says; what ended may have been swapped in until then.
 * @param lookedAt not later than the moment in which the node was so
 */
export const isNewerThanLook = ({ running, usedAt }: Use, lookedAt: number): boolean =>
  running > 0 || usedAt >= lookedAt;

/**
 * A look's moment by our steady clock: as early as it may have been, so that what we did about then counts as newer. The
 * next look, 10 s later, settles it. A look from the future is one of a clock that is fast: it was taken before now.
 */
export const momentOfLook = (at: Date, now: Date, steadyNow: number): number =>
  steadyNow - Math.max(0, now.getTime() - at.getTime()) - CLOCKS_APART_MS;
