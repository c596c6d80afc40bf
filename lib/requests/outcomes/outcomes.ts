/** Of the requests of one side, and the part of them in which something was bad. */
export type Outcomes = {
  /** Without those whose client left before it was answered. */
  requests: number;
  /** The node answered with 5xx, broke off or was too slow, also where another answered in its place. */
  failed: number;
  /** Replies that called tools, as far as anybody looked; of these the calls could not be read, or broke their schema. */
  withCalls: number;
  unparsed: number;
  invalid: number;
  /** Streams that were answered, as far as it is known what is late; of these the first token came later than the threshold. */
  streams: number;
  lateFirst: number;
  /** Requests that were answered, as far as it is known what is late; of these the whole reply came later than the threshold. */
  answered: number;
  lateWhole: number;
  /** Any of them came from a simulated node. */
  simulated: boolean;
};

export const NO_OUTCOMES: Outcomes = {
  requests: 0,
  failed: 0,
  withCalls: 0,
  unparsed: 0,
  invalid: 0,
  streams: 0,
  lateFirst: 0,
  answered: 0,
  lateWhole: 0,
  simulated: false,
};

export function addOutcomes(one: Outcomes, other: Outcomes): Outcomes {
  return {
    requests: one.requests + other.requests,
    failed: one.failed + other.failed,
    withCalls: one.withCalls + other.withCalls,
    unparsed: one.unparsed + other.unparsed,
    invalid: one.invalid + other.invalid,
    streams: one.streams + other.streams,
    lateFirst: one.lateFirst + other.lateFirst,
    answered: one.answered + other.answered,
    lateWhole: one.lateWhole + other.lateWhole,
    simulated: one.simulated || other.simulated,
  };
}

/** How copies were answered, beside the replies that customers got. */
export type Comparisons = { same: number; different: number; bothNone: number; notComparable: number };

/** From the sending to the node, ms; null = too few requests to say what is late. */
export type LateAfter = { firstMs: number | null; wholeMs: number | null };
