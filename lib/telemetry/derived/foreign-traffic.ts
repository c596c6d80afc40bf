/** What one minute says about who uses a node. */
export type CountedMinute = { atMs: number; counted: number | null; ours: number | null };

/** A node that answered more than came through us. */
export type ForeignTraffic = {
  /** Requests that its engine counted, and ours among them. */
  counted: number;
  ours: number;
  minutes: number;
  /** When the first minute of the window began in which the two parted. */
  sinceMs: number;
};

export const FOREIGN_WINDOW_MS = 10 * 60_000;
/** Fewer minutes than these say nothing. */
const LEAST_MINUTES = 3;
/** What may end on one side of a minute for the engine and on the other for us. */
const TOLERATED = { requests: 5, share: 0.05 };
/** A load probe asks the base, the adapter and the base again for 16 places each, past the gateway; vLLM counts each place. */
const REQUESTS_A_PROBE = 48;

/**
 * Whether a node answers others than us. Only minutes that its engine was seen all along are compared, and the window must
 * say so with and without its first minute: a burst that ends as the window begins falls into it for one side only.
 * @param probes load probes in the window
 * @returns null = it does not, or nobody can tell
 */
export function judgeForeign(minutes: readonly CountedMinute[], probes: number): ForeignTraffic | null {
  const known = minutes.flatMap(({ atMs, counted, ours }) =>
    counted === null || ours === null ? [] : { atMs, counted, ours },
  );
  if (known.length <= LEAST_MINUTES) return null;
  const [whole, later] = [totalOf(known), totalOf(known.slice(1))];
  if (!isForeign(whole, probes) || !isForeign(later, probes)) return null;
  const first = known.find(({ counted, ours }) => counted - ours > 2) ?? known[0];
  return first === undefined ? null : { ...whole, minutes: known.length, sinceMs: first.atMs };
}

type Total = { counted: number; ours: number };

const totalOf = (minutes: readonly Total[]): Total => ({
  counted: minutes.reduce((sum, { counted }) => sum + counted, 0),
  ours: minutes.reduce((sum, { ours }) => sum + ours, 0),
});

const isForeign = ({ counted, ours }: Total, probes: number): boolean =>
  counted - ours - REQUESTS_A_PROBE * probes > Math.max(TOLERATED.requests, TOLERATED.share * counted);

/** "Node answered 412 requests in 10 min of which 377 came through Switchyard". */
export const foreignSentence = (node: string, { counted, ours, minutes }: Omit<ForeignTraffic, "sinceMs">): string =>
  `${node} answered ${counted} requests in ${minutes} min of which ${ours} came through Switchyard`;
