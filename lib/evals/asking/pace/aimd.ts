/** How many requests may be in flight, and what the other side has taught about it. Additive increase, multiplicative decrease. */
export type Aimd = {
  /** A fraction after a cut; only whole requests count. */
  limit: number;
  /** When it was last cut, in ms of the run's clock. */
  cutAt: number;
  /** Until then nobody sends: the server said so. */
  heldUntil: number;
};

export type AimdPolicy = {
  /** Before anything is known. */
  start: number;
  /** What it never passes. */
  ceiling: number;
  /** What an answer adds. With one it has doubled once as many answers have come as were in flight. */
  step: number;
};

/** From 4 to 32 takes three answers' time; after a cut, half of one: smaller steps leave a pool idle after each stray refusal. */
export const aimdPolicy = (ceiling: number): AimdPolicy => ({ start: Math.min(4, ceiling), ceiling, step: 1 });

/**
 * What "busy" leaves of it: CUBIC's factor (RFC 9438, 4.6) instead of a half. A pool that is full turns several requests
 * away and is left alone all the same after three such moments; a stray refusal, as each node gives, costs less idle time.
 */
export const CUT = 0.7;

/** A server that orders a longer wait than this is asked again all the same: the header may be nonsense. */
export const HOLD_MAX_MS = 120_000;

export const startAimd = ({ start }: AimdPolicy): Aimd => ({
  limit: start,
  cutAt: Number.NEGATIVE_INFINITY,
  heldUntil: Number.NEGATIVE_INFINITY,
});

/**
 * An answer came. Where fewer were in flight than might have been, it says nothing about more.
 * @param inFlight requests in flight until then, that one included
 */
export function afterAnswer(aimd: Aimd, inFlight: number, { ceiling, step }: AimdPolicy): Aimd {
  if (inFlight < Math.floor(aimd.limit)) return aimd;
  return { ...aimd, limit: Math.min(ceiling, aimd.limit + step) };
}

/** "Busy" came. What was sent before the last cut tells nothing new: one crowded moment costs one cut, however many it turned away. */
export function afterBusy(aimd: Aimd, sentAt: number, now: number): Aimd {
  if (sentAt <= aimd.cutAt) return aimd;
  return { ...aimd, limit: Math.max(1, aimd.limit * CUT), cutAt: now };
}

/** The server named a time to wait. It binds every request, not only the one that was turned away. */
export const afterOrder = (aimd: Aimd, waitMs: number, now: number): Aimd => ({
  ...aimd,
  heldUntil: Math.max(aimd.heldUntil, now + Math.min(Math.max(0, waitMs), HOLD_MAX_MS)),
});

/** Requests that may be in flight now. */
export const allowedNow = ({ limit, heldUntil }: Aimd, now: number): number =>
  now < heldUntil ? 0 : Math.floor(limit);
