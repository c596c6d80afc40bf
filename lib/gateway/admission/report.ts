import type { RefusalReason } from "./ask.ts";
import { addCounts, type Flow, type FlowCounts, newCounts } from "./fair-queue.ts";
import type { PoolState } from "./pool-state.ts";

/** One tenant's requests in one pool; the counts rise from the start of the process. */
export type TenantAdmission = FlowCounts & {
  tenantId: string;
  /** Customers' requests; background work waits for them all the time. */
  waiting: number;
  /** null = none of them waits. */
  oldestWaitMs: number | null;
};
export type PoolAdmission = {
  poolId: string;
  /** Customers' requests. */
  waiting: number;
  oldestWaitMs: number | null;
  waitingInBackground: number;
  /** Of all tenants, those long forgotten too. */
  granted: number;
  joined: number;
  held: number;
  shed: Record<RefusalReason, number>;
  /** Tenants seen, a few thousand at most. */
  tenants: TenantAdmission[];
};
export type NodeAdmission = {
  nodeId: string;
  poolId: string;
  inFlight: number;
  maxInFlight: number;
  /** Distinct adapters in flight. */
  adapters: number;
  maxLoras: number;
};
/** What admission does at this moment, and did. */
export type AdmissionReport = { nodes: NodeAdmission[]; pools: PoolAdmission[] };

export function reportOf(pools: Iterable<PoolState>, now: number): AdmissionReport {
  const report: AdmissionReport = { nodes: [], pools: [] };
  for (const pool of pools) {
    report.pools.push(poolReport(pool, now));
    for (const { nodeId, poolId, inFlight, maxInFlight, adapters, maxLoras } of pool.nodes.values())
      report.nodes.push({ nodeId, poolId, inFlight, maxInFlight, adapters, maxLoras });
  }
  return report;
}

function poolReport(pool: PoolState, now: number): PoolAdmission {
  const tenants = new Map<string, TenantAdmission>();
  const sums = newCounts();
  for (const queue of [pool.users, pool.background]) {
    addCounts(sums, queue.forgotten);
    for (const flow of queue.flows()) {
      addCounts(sums, flow.counts);
      addTenant(tenants, flow, queue === pool.users ? queue.oldestOf(flow) : null, now);
    }
  }
  return {
    poolId: pool.rules.poolId,
    waiting: pool.users.length,
    waitingInBackground: pool.background.length,
    oldestWaitMs: longer([...tenants.values()].map((tenant) => tenant.oldestWaitMs)),
    ...sums,
    tenants: [...tenants.values()],
  };
}

/**
 * What was granted and shed counts a tenant's users and its background work alike.
 * @param enteredAt when the user who waits longest came; null = none waits
 */
function addTenant(tenants: Map<string, TenantAdmission>, flow: Flow, enteredAt: number | null, now: number): void {
  const { tenantId } = flow;
  const line = tenants.get(tenantId) ?? { tenantId, waiting: 0, oldestWaitMs: null, ...newCounts() };
  tenants.set(tenantId, line);
  if (enteredAt !== null) line.waiting += flow.waiting;
  line.oldestWaitMs = longer([line.oldestWaitMs, enteredAt === null ? null : now - enteredAt]);
  addCounts(line, flow.counts);
}

const longer = (waits: readonly (number | null)[]): number | null =>
  waits.reduce((longest, wait) => (wait === null ? longest : Math.max(longest ?? 0, wait)), null);
