/** What one minute says about who uses a node. */
export type CountedMinute = { atMs: number; counted: number | null; ours: number | null };

/** A node that answered more than came through us. */
export type ForeignTraffic = {
  /** Requests that its engine counted, and ours among them. */
  counted: number;
  ours: number;
  /** A fraction where only the last scrapes were judged. */
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

/** What an engine counted between two scrapes of it. */
export type ScrapeCount = { fromMs: number; toMs: number; counted: number };

/** So many scrapes are judged together: enough for one request in two seconds to show, few enough to say so within a minute. */
export const RECENT_SCRAPES = 4;
/** A reply ends at its engine before it ends at the gateway, and a scrape is made a moment after its time. */
export const LATE_MS = 2_000;

/**
 * The same of the last scrapes, for what began a moment ago: minutes need several of them. It tolerates no share, so that a
 * gate's thousands of requests hide nothing; instead each of ours that may have been counted is taken off. The scrapes must
 * say so with and without the first of them.
 * @param scrapes one after the other, the newest last
 * @param endedMs when requests of ours ended, all of them since the first scrape
 */
export function judgeRecent(
  counts: readonly ScrapeCount[],
  endedMs: readonly number[],
  probedMs: readonly number[],
): ForeignTraffic | null {
  const last = counts.slice(-RECENT_SCRAPES);
  const [first, end] = [last[0], last.at(-1)];
  if (first === undefined || end === undefined || last.length < RECENT_SCRAPES) return null;
  const isUnbroken = last.every((one, index) => index === 0 || last[index - 1]?.toMs === one.fromMs);
  const isProbed = probedMs.some((ms) => ms >= first.fromMs - MINUTE_MS && ms < end.toMs + MINUTE_MS);
  if (!isUnbroken || isProbed) return null;
  const parts = [last, last.slice(1)].map((some) => ({
    counted: some.reduce((sum, { counted }) => sum + counted, 0),
    ours: endedMs.filter((ms) => ms > (some[0]?.fromMs ?? 0) && ms <= end.toMs + LATE_MS).length,
  }));
  const [whole] = parts;
  if (whole === undefined || parts.some(({ counted, ours }) => counted - ours <= TOLERATED.requests)) return null;
  const minutes = (end.toMs - first.fromMs) / MINUTE_MS;
  return { ...whole, minutes, sinceMs: Math.floor(first.fromMs / MINUTE_MS) * MINUTE_MS };
}

type Total = { counted: number; ours: number };

const totalOf = (minutes: readonly Total[]): Total => ({
  counted: minutes.reduce((sum, { counted }) => sum + counted, 0),
  ours: minutes.reduce((sum, { ours }) => sum + ours, 0),
});

const isForeign = ({ counted, ours }: Total): boolean =>
  counted - ours > Math.max(TOLERATED.requests, TOLERATED.share * counted);

/** "Node answered 412 requests in 10 min of which 377 came through Switchyard". */
export const foreignSentence = (node: string, { counted, ours, minutes }: Omit<ForeignTraffic, "sinceMs">): string => {
  const span = minutes < 1 ? `${Math.round(minutes * 60)} s` : `${minutes} min`;
  return `${node} answered ${counted} requests in ${span} of which ${ours} came through Switchyard`;
};
