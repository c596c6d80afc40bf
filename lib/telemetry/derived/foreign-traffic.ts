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

/** Fewer minutes than these say nothing. */
const LEAST_MINUTES = 3;
/** What may end on one side of a minute for the engine and on the other for us. */
const TOLERATED = { requests: 5, share: 0.05 };
const MINUTE_MS = 60_000;

/**
 * Whether a node answers others than us. Only minutes that its engine was seen all along are compared, and of those none
 * with a load probe in it or beside it: probes go past the gateway, and ask for many places at once, which vLLM counts each.
 * The window must say so with and without its first minute: a burst that ends as the window begins falls into it for one
 * side only.
 * @param probedMs when load probes ended
 * @returns null = it does not, or nobody can tell
 */
export function judgeForeign(minutes: readonly CountedMinute[], probedMs: readonly number[]): ForeignTraffic | null {
  const isProbed = (atMs: number) => probedMs.some((ms) => ms >= atMs - MINUTE_MS && ms < atMs + 2 * MINUTE_MS);
  const known = minutes.flatMap(({ atMs, counted, ours }) =>
    counted === null || ours === null || isProbed(atMs) ? [] : { atMs, counted, ours },
  );
  if (known.length <= LEAST_MINUTES) return null;
  const [whole, later] = [totalOf(known), totalOf(known.slice(1))];
  if (!isForeign(whole) || !isForeign(later)) return null;
  const first = known.find(({ counted, ours }) => counted - ours > 2) ?? known[0];
  return first === undefined ? null : { ...whole, minutes: known.length, sinceMs: first.atMs };
}

type Total = { counted: number; ours: number };

const totalOf = (minutes: readonly Total[]): Total => ({
  counted: minutes.reduce((sum, { counted }) => sum + counted, 0),
  ours: minutes.reduce((sum, { ours }) => sum + ours, 0),
});

const isForeign = ({ counted, ours }: Total): boolean =>
  counted - ours > Math.max(TOLERATED.requests, TOLERATED.share * counted);

/** "Node answered 412 requests in 10 min of which 377 came through Switchyard". */
export const foreignSentence = (node: string, { counted, ours, minutes }: Omit<ForeignTraffic, "sinceMs">): string =>
  `${node} answered ${counted} requests in ${minutes} min of which ${ours} came through Switchyard`;
