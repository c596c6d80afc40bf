/** What a step of the engine costs on a GPU with a base model, in milliseconds. Fitted: see `coefficients.ts`. */
export type StepCoefficients = {
  /** A step without anything in it: reading the weights. */
  baseMs: number;
  /** A request in the batch: its keys and values, its share of the matrix products and of sampling. */
  requestMs: number;
  /** An adapter in the batch. */
  distinctMs: number;
  /** A rank of a slot, also when the slot is empty. */
  slotRankMs: number;
  /** A request in the batch, for each slot that there is. */
  requestSlotMs: number;
  /** A request in the batch, for each adapter in it. */
  requestDistinctMs: number;
  /** A request that waits: the scheduler and the API server of vLLM look after it at each step. */
  waitingMs: number;
  /** A prompt token that is computed. */
  promptTokenMs: number;
  /** An adapter brought from the host's memory into a slot: up to ten times what the copy alone takes, as all that follows from it is in it. */
  swapMs: number;
};

export type Step = {
  batch: number;
  distinct: number;
  slots: number;
  maxLoraRank: number;
  promptTokens: number;
  swaps: number;
  waiting: number;
};

/** The coefficients that runs teach; what a prompt token takes is measured by itself. */
export const FITTED = [
  "baseMs",
  "requestMs",
  "distinctMs",
  "slotRankMs",
  "requestSlotMs",
  "requestDistinctMs",
  "swapMs",
  "waitingMs",
] as const satisfies readonly (keyof StepCoefficients)[];

/** What each of `FITTED` is multiplied by, in that order: a step's time is linear in them. */
export const fittedTerms = ({
  batch,
  distinct,
  slots,
  maxLoraRank,
  swaps,
  waiting,
}: Omit<Step, "promptTokens">): number[] => [
  1,
  batch,
  distinct,
  slots * maxLoraRank,
  batch * slots,
  batch * distinct,
  swaps,
  waiting,
];

/** Milliseconds of a step. */
export function stepMs(of: StepCoefficients, step: Step): number {
  const { batch, distinct, slots, maxLoraRank, promptTokens, swaps, waiting } = step;
  return (
    of.baseMs +
    (of.requestMs + of.requestSlotMs * slots + of.requestDistinctMs * distinct) * batch +
    of.distinctMs * distinct +
    of.slotRankMs * maxLoraRank * slots +
    of.promptTokenMs * promptTokens +
    of.swapMs * swaps +
    of.waitingMs * waiting
  );
}
