import { Admission } from "../admission.ts";
import type { Ask, NodeSlots, Place, PoolRules, Refusal, Ticket } from "../ask.ts";
import { VirtualClock } from "./virtual-clock.ts";

export const RULES: PoolRules = { poolId: "pool", maxBatchWaitMs: 50, queueMax: 100, saturationWaitMs: 60_000 };
export const node = (nodeId: string, change: Partial<NodeSlots> = {}): NodeSlots => ({
  nodeId,
  poolId: "pool",
  epoch: 1,
  maxLoras: 2,
  maxCpuLoras: 8,
  maxInFlight: 8,
  ...change,
});

/** A request and what became of it. */
export class Asked {
  readonly results: (Place | Refusal)[] = [];
  ticket: Ticket = { cancel() {} };

  get place(): Place | null {
    const [result] = this.results;
    return result !== undefined && "nodeId" in result ? result : null;
  }
  get refusal(): Refusal | null {
    const [result] = this.results;
    return result !== undefined && "reason" in result ? result : null;
  }
  /** `node-1`, `queue_full`, or `waits`. */
  get fate(): string {
    return this.place?.nodeId ?? this.refusal?.reason ?? "waits";
  }
}

/** Admission over a few nodes, in virtual time. Unless told otherwise a tenant's adapter has the tenant's name. */
export class AdmissionWorld {
  readonly clock = new VirtualClock();
  readonly admission = new Admission(this.clock);
  nodes: NodeSlots[];

  constructor(nodes: NodeSlots[] = [node("node-1")], rules: Partial<PoolRules> = {}) {
    this.nodes = nodes;
    this.admission.configure(nodes, [{ ...RULES, ...rules }]);
  }

  ask(tenantId: string, change: Partial<Ask> = {}, then: (result: Place | Refusal) => void = () => {}): Asked {
    const asked = new Asked();
    asked.ticket = this.admission.enter(
      {
        tenantId,
        weight: 1,
        priority: "user",
        poolId: "pool",
        name: tenantId,
        nodes: this.nodes.map(({ nodeId }) => nodeId),
        tokens: 100,
        maxWaitMs: 60_000,
        refresh: () => change.nodes ?? this.nodes.map(({ nodeId }) => nodeId),
        ...change,
      },
      (result) => {
        asked.results.push(result);
        then(result);
      },
    );
    return asked;
  }

  /** Many at once. */
  askAll(count: number, tenantId: string, change: Partial<Ask> = {}): Asked[] {
    return Array.from({ length: count }, () => this.ask(tenantId, change));
  }

  configure(nodes: NodeSlots[], rules: Partial<PoolRules> = {}): void {
    this.nodes = nodes;
    this.admission.configure(nodes, [{ ...RULES, ...rules }]);
  }

  pool() {
    const pool = this.admission.report().pools.find(({ poolId }) => poolId === "pool");
    if (!pool) throw new Error("the pool is gone");
    return pool;
  }

  tenant(tenantId: string) {
    const tenant = this.pool().tenants.find((one) => one.tenantId === tenantId);
    if (!tenant) throw new Error(`${tenantId} never asked`);
    return tenant;
  }
}

export const fates = (all: readonly Asked[]): string[] => all.map(({ fate }) => fate);
