/** What customers of a pool have to put up with now, the run's own requests left out. null = nobody knows. */
export type Pressure = {
  poolName: string;
  /** Requests that wait at the gateway. */
  waiting: number | null;
  /** Requests that wait on nodes for an adapter's slot, at each of the last looks, oldest first. */
  deferred: readonly number[] | null;
  /** Of the last minutes, against what was promised; null = nothing was promised, or too few asked. */
  latency: { p95Ms: number; objectiveMs: number } | null;
};

/** From the settings. */
export type YieldLimits = {
  /** More waiting requests than this. */
  waiting: number;
  /** More deferred requests than this, at two looks in a row. */
  deferred: number;
};

/** Requests at a time while nobody knows how customers fare. */
const BLIND_MOST = 4;

export type YieldDecision =
  | { kind: "go_on" }
  /** `message` says why, for the run. */
  | { kind: "slowly"; most: number; message: string }
  | { kind: "yield"; message: string };

/** Who yields goes on only once there is clearly room, so that it does not come and go with every look. */
const calmShare = { waiting: 0.5, latency: 0.9 };
const looksInARow = 2;

/** Whether a run may ask, given how a pool's customers fare. Customers come first; what is unknown is no reason to stop. */
export function decideYield(pressure: Pressure, isYielding: boolean, limits: YieldLimits): YieldDecision {
  const { poolName, waiting, latency } = pressure;
  const most = isYielding ? limits.waiting * calmShare.waiting : limits.waiting;
  const yields = (what: string): YieldDecision => ({
    kind: "yield",
    message: `Yields to customers: ${what}. Goes on by itself.`,
  });
  if (waiting !== null && waiting > most)
    return yields(`${requests(waiting)} in pool ${poolName} (limit ${limits.waiting})`);
  const deferred = leastOfLast(pressure.deferred, isYielding ? 1 : looksInARow);
  if (deferred !== null && deferred > limits.deferred)
    return yields(`${requests(deferred)} for an adapter's slot in pool ${poolName} (limit ${limits.deferred})`);
  const objectiveMs = latency && latency.objectiveMs * (isYielding ? calmShare.latency : 1);
  if (latency !== null && objectiveMs !== null && latency.p95Ms > objectiveMs)
    return yields(
      `their p95 in pool ${poolName} is ${Math.round(latency.p95Ms)} ms (objective ${Math.round(latency.objectiveMs)} ms)`,
    );
  if (waiting === null && pressure.deferred === null)
    return {
      kind: "slowly",
      most: BLIND_MOST,
      message: `Asks slowly, ${BLIND_MOST} at a time: no gateway or node has said lately how many requests wait in pool ${poolName}.`,
    };
  return { kind: "go_on" };
}

const requests = (count: number): string => `${count} ${count === 1 ? "request waits" : "requests wait"}`;

/** The least of the last `count`; null when there are fewer. */
function leastOfLast(values: readonly number[] | null, count: number): number | null {
  const last = values?.slice(-count) ?? [];
  return last.length < count ? null : Math.min(...last);
}
