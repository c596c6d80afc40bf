const SLOTS = 12;
const SLOT_MS = 5_000;

/** Tenants that shed something are forgotten a minute later; those with requests in flight never are. */
type TenantCounts = { inFlight: number; shed: Uint32Array; slot: number };

/** What runs at this gateway at this moment, for its report: a few additions a request. */
export class LiveCounts {
  /** Streamed replies on their way. */
  streams = 0;
  readonly #now: () => number;
  readonly #tenants = new Map<string, TenantCounts>();
  readonly #nodes = new Map<string, Map<string, number>>();

  /** @param now milliseconds of any steady clock */
  constructor(now: () => number) {
    this.#now = now;
  }

  entered(tenantId: string): void {
    this.#countsOf(tenantId).inFlight += 1;
  }

  left(tenantId: string): void {
    this.#countsOf(tenantId).inFlight -= 1;
  }

  /** Turned away with 429. */
  shed(tenantId: string): void {
    const counts = this.#countsOf(tenantId);
    turn(counts, this.#now());
    const at = counts.slot % SLOTS;
    counts.shed[at] = (counts.shed[at] ?? 0) + 1;
  }

  /** @param name what the node was asked for @param change 1 = sent, -1 = over */
  onNode(nodeId: string, name: string, change: 1 | -1): void {
    let names = this.#nodes.get(nodeId);
    if (!names) {
      names = new Map();
      this.#nodes.set(nodeId, names);
    }
    names.set(name, (names.get(name) ?? 0) + change);
  }

  adaptersOn(nodeId: string): { loraName: string; inFlight: number }[] {
    const names = this.#nodes.get(nodeId) ?? new Map<string, number>();
    // here and not with every request that ends
    for (const [name, count] of names) if (count <= 0) names.delete(name);
    return [...names].map(([loraName, inFlight]) => ({ loraName, inFlight }));
  }

  /** Those with requests in flight, or turned away within a minute. */
  tenants(): { tenantId: string; inFlight: number; shedLastMinute: number }[] {
    const now = this.#now();
    const lines = [];
    for (const [tenantId, counts] of this.#tenants) {
      turn(counts, now);
      const { inFlight, shed } = counts;
      const shedLastMinute = shed.reduce((sum, count) => sum + count, 0);
      if (inFlight === 0 && shedLastMinute === 0) this.#tenants.delete(tenantId);
      else lines.push({ tenantId, inFlight, shedLastMinute });
    }
    return lines;
  }

  #countsOf(tenantId: string): TenantCounts {
    const known = this.#tenants.get(tenantId);
    if (known) return known;
    const fresh = { inFlight: 0, shed: new Uint32Array(SLOTS), slot: 0 };
    this.#tenants.set(tenantId, fresh);
    return fresh;
  }
}

/** Empties the parts of the minute that have passed. */
function turn(counts: TenantCounts, now: number): void {
  const slot = Math.floor(now / SLOT_MS);
  for (let step = 1; step <= Math.min(SLOTS, slot - counts.slot); step += 1)
    counts.shed[(counts.slot + step) % SLOTS] = 0;
  counts.slot = Math.max(counts.slot, slot);
}
