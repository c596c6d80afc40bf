import type { GatewayReport } from "./gateway-report.ts";

type NodeReport = GatewayReport["nodes"][number];
export type Breaker = NodeReport["breaker"];

/** How much waits, over all gateways. */
export type Waiting = { inFlight: number; queued: number; oldestWaitMs: number | null };
export type MergedNode = {
  reachable: { by: number; of: number };
  breaker: Breaker;
  inFlight: number;
  adapters: ReadonlyMap<string, number>;
};
export type MergedPool = Omit<Waiting, "inFlight"> & { isSaturated: boolean; shed: ReadonlyMap<string, number> };
export type MergedReports = {
  nodes: ReadonlyMap<string, MergedNode>;
  pools: ReadonlyMap<string, MergedPool>;
  tenants: ReadonlyMap<string, Waiting>;
  totals: Waiting;
  openVersions: readonly string[];
};

/** Worst last. */
const BREAKERS: readonly Breaker[] = ["closed", "half_open", "open"];
const worse = (a: Breaker, b: Breaker): Breaker => (BREAKERS.indexOf(a) > BREAKERS.indexOf(b) ? a : b);

/** Each gateway tells of its own requests, so counts add up; the longest wait and the worst breaker stand for all. */
export function mergeReports(reports: readonly GatewayReport[]): MergedReports {
  const tenants = merged(
    reports.flatMap((report) => report.tenants.map((row) => [row.tenantId, row] as const)),
    addWaits,
  );
  const pools = merged(
    reports.flatMap((report) => report.pools.map((row) => [row.poolId, poolOf(row)] as const)),
    (a, b) => ({
      ...addWaits({ ...a, inFlight: 0 }, { ...b, inFlight: 0 }),
      isSaturated: a.isSaturated || b.isSaturated,
      shed: addCounts(a.shed, b.shed),
    }),
  );
  const nodes = merged(
    reports.flatMap((report) => report.nodes.map((row) => [row.nodeId, nodeOf(row)] as const)),
    (a, b) => ({
      reachable: { by: a.reachable.by + b.reachable.by, of: a.reachable.of + b.reachable.of },
      breaker: worse(a.breaker, b.breaker),
      inFlight: a.inFlight + b.inFlight,
      adapters: addCounts(a.adapters, b.adapters),
    }),
  );
  const waits = [...pools.values()].map((pool) => ({ ...pool, inFlight: 0 }));
  const running = [...nodes.values()].reduce((sum, node) => sum + node.inFlight, 0);
  return {
    nodes,
    pools,
    tenants,
    totals: waits.reduce<Waiting>(addWaits, { inFlight: running, queued: 0, oldestWaitMs: null }),
    openVersions: [...new Set(reports.flatMap((report) => report.openVersions))],
  };
}

const addWaits = (a: Waiting, b: Waiting): Waiting => ({
  inFlight: a.inFlight + b.inFlight,
  queued: a.queued + b.queued,
  oldestWaitMs: longer(a.oldestWaitMs, b.oldestWaitMs),
});

const longer = (a: number | null, b: number | null): number | null =>
  a === null ? b : b === null ? a : Math.max(a, b);

const nodeOf = ({ isUp, breaker, inFlight, adapters }: NodeReport): MergedNode => ({
  reachable: { by: isUp ? 1 : 0, of: 1 },
  breaker,
  inFlight,
  adapters: new Map(adapters.map((adapter) => [adapter.loraName, adapter.inFlight])),
});

const poolOf = ({ shed, ...pool }: GatewayReport["pools"][number]): MergedPool => ({
  ...pool,
  shed: new Map(Object.entries(shed)),
});

const addCounts = (a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): ReadonlyMap<string, number> =>
  merged([...a, ...b], (x, y) => x + y);

function merged<Value>(
  entries: readonly (readonly [string, Value])[],
  both: (a: Value, b: Value) => Value,
): Map<string, Value> {
  const result = new Map<string, Value>();
  for (const [key, value] of entries) {
    const known = result.get(key);
    result.set(key, known === undefined ? value : both(known, value));
  }
  return result;
}
