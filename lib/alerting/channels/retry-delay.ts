const FIRST_MS = 5_000;
const LONGEST_MS = 10 * 60_000;
/** A receiver that is away for a day is not coming back to this message. */
const TRIED_FOR_MS = 24 * 60 * 60_000;

/** How long to wait after the n-th attempt (from 1): twice as long each time, up to ten minutes. */
export const retryDelayMs = (attempts: number): number => Math.min(FIRST_MS * 2 ** (attempts - 1), LONGEST_MS);

/** When a message that was not taken is tried again; null = it is given up. */
export function nextTry(message: { createdAt: Date; attempts: number }, now: Date): Date | null {
  const at = new Date(now.getTime() + retryDelayMs(message.attempts));
  return at.getTime() - message.createdAt.getTime() > TRIED_FOR_MS ? null : at;
}
