import type { Slower } from "./watch-p95.ts";

/** What customers of a pool have to put up with now, the run's own requests left out. null = nobody knows. */
export type Pressure = {
  poolName: string;
  /** Requests that wait at the gateway. */
  waiting: number | null;
  /** Requests that wait on nodes for an adapter's slot, at each of the last scrapes, oldest first. */
  deferred: readonly number[] | null;
  /** Of the last minutes, against what was promised; null = nothing was promised, or too few asked. */
  latency: { p95Ms: number; objectiveMs: number } | null;
  /** Their p95 is higher than before the run, and may be so because of it; null = it is not, or nobody knows. */
  slower: Slower | null;
  /** Whether any of them asked within ten minutes. */
  hasCustomers: boolean;
  servingNodes: number;
};

/** From the settings. */
export type YieldLimits = {
  /** More waiting requests than this. */
  waiting: number;
  /** More deferred requests than this, at two checks in a row. */
  deferred: number;
};

/**
 * Requests at a time on each node that serves customers: the gateway lets one run (its ADR 34), and the next waits there, so
 * that little is left to come when customers need the room.
 */
const PER_NODE = 2;
/** Requests at a time while nobody knows how customers fare. */
const BLIND_MOST = 4;

export type YieldDecision =
  /** `most`: requests at a time; null = as many as are answered. */
  | { kind: "go_on"; most: number | null }
  /** `message` says why, for the run. */
  | { kind: "slowly"; most: number; message: string }
  | { kind: "yield"; message: string };

/** Who yields goes on only once there is clearly room, so that it does not come and go with every check. */
const calmShare = { waiting: 0.5, latency: 0.9 };
const checksInARow = 2;

/** Whether a run may ask, given how a pool's customers fare. Customers come first; what is unknown is no reason to stop. */
export function decideYield(pressure: Pressure, isYielding: boolean, limits: YieldLimits): YieldDecision {
  const { poolName, waiting, latency } = pressure;
  const most = isYielding ? limits.waiting * calmShare.waiting : limits.waiting;
  const yields = (what: string): YieldDecision => ({
    kind: "yield",
    message: `Yields to customers: ${what}. Resumes automatically.`,
  });
  if (waiting !== null && waiting > most)
    return yields(`${requests(waiting)} in pool ${poolName} (limit ${limits.waiting})`);
  const deferred = leastOfLast(pressure.deferred, isYielding ? 1 : checksInARow);
  if (deferred !== null && deferred > limits.deferred)
    return yields(`${requests(deferred)} for an adapter's slot in pool ${poolName} (limit ${limits.deferred})`);
  const objectiveMs = latency && latency.objectiveMs * (isYielding ? calmShare.latency : 1);
  if (latency !== null && objectiveMs !== null && latency.p95Ms > objectiveMs)
    return yields(
      `their p95 in pool ${poolName} is ${Math.round(latency.p95Ms)} ms (objective ${Math.round(latency.objectiveMs)} ms)`,
    );
  if (pressure.slower !== null)
    return yields(
      `their p95 in pool ${poolName} is ${Math.round(pressure.slower.p95Ms)} ms, ${Math.round(pressure.slower.beforeMs)} ms before this run`,
    );
  if (waiting === null && pressure.deferred === null)
    return {
      kind: "slowly",
      most: BLIND_MOST,
      message: `Asks slowly, ${BLIND_MOST} at a time: no gateway or node has said lately how many requests wait in pool ${poolName}.`,
    };
  return { kind: "go_on", most: pressure.hasCustomers ? Math.max(1, pressure.servingNodes) * PER_NODE : null };
}

const requests = (count: number): string => `${count} ${count === 1 ? "request waits" : "requests wait"}`;

/** The least of the last `count`; null when there are fewer. */
function leastOfLast(values: readonly number[] | null, count: number): number | null {
  const last = values?.slice(-count) ?? [];
  return last.length < count ? null : Math.min(...last);
}
