const HOUR_MS = 3_600_000;

/**
 * The promise: every stored byte is read again and compared within this time. A directory is due after half of it, so
 * that an outage of half a day breaks no promise.
 */
export const PROMISE_MS = 24 * HOUR_MS;
export const DUE_AFTER_MS = PROMISE_MS / 2;

/** Slow enough to leave a disk to the nodes that load from it: 40 adapters of 42 MB take half a minute. */
const USUAL_BYTES_PER_SECOND = 50_000_000;
/** About half of what one thread can hash. */
const MOST_BYTES_PER_SECOND = 800_000_000;

/**
 * How fast the scrubber reads: at the usual pace, or as fast as it takes to read everything in the time between two
 * proofs. A store of more than 34 TB takes longer than the promise.
 */
export const bytesPerSecond = (storedBytes: number): number =>
  Math.min(MOST_BYTES_PER_SECOND, Math.max(USUAL_BYTES_PER_SECOND, storedBytes / (DUE_AFTER_MS / 1000)));
