import type { RefusalReason } from "./ask.ts";
import { addCounts, type FairQueue, type Flow, type FlowCounts, newCounts } from "./fair-queue.ts";
import type { PoolState } from "./pool-state.ts";

/** One tenant's requests in one pool; the counts rise from the start of the process. */
export type TenantAdmission = FlowCounts & {
  tenantId: string;
  waiting: number;
  /** null = nothing waits. */
  oldestWaitMs: number | null;
};
export type PoolAdmission = {
  poolId: string;
  waiting: number;
  oldestWaitMs: number | null;
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
      addTenant(tenants, queue, flow, now);
    }
  }
  return {
    poolId: pool.rules.poolId,
    waiting: pool.waiting,
    oldestWaitMs: longer([...tenants.values()].map((tenant) => tenant.oldestWaitMs)),
    ...sums,
    tenants: [...tenants.values()],
  };
}

/** A tenant's users and its background work are one line. */
function addTenant(tenants: Map<string, TenantAdmission>, queue: FairQueue, flow: Flow, now: number): void {
  const { tenantId } = flow;
  const line = tenants.get(tenantId) ?? { tenantId, waiting: 0, oldestWaitMs: null, ...newCounts() };
  tenants.set(tenantId, line);
  line.waiting += flow.waiting;
  const enteredAt = queue.oldestOf(flow);
  line.oldestWaitMs = longer([line.oldestWaitMs, enteredAt === null ? null : now - enteredAt]);
  addCounts(line, flow.counts);
}

const longer = (waits: readonly (number | null)[]): number | null =>
  waits.reduce((longest, wait) => (wait === null ? longest : Math.max(longest ?? 0, wait)), null);
