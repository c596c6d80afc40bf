/** One customer's request to come: when, whose, and how it is asked. */
export type Arrival = { afterMs: number; tenantSlug: string; isStream: boolean; usesTools: boolean; question: number };

export type TrafficShape = {
  /** Requests a second between bursts. */
  rate: number;
  /** Further requests a second while a burst lasts. */
  burstRate: number;
  /** Mean time between bursts and their length, in milliseconds. */
  burstEveryMs: number;
  burstMs: number;
  /** Tenants that a burst is about. */
  burstTenants: number;
  /** Zipf's exponent: how much busier the first tenant is than the rest. */
  exponent: number;
};

/** About what two cores carry beside everything else, and most tenants below five requests a minute. */
export const DEMO_TRAFFIC: TrafficShape = {
  rate: 3,
  burstRate: 5,
  burstEveryMs: 60_000,
  burstMs: 6_000,
  burstTenants: 4,
  exponent: 1.05,
};

const STREAM_SHARE = 0.5;
const TOOLS_SHARE = 0.6;

/**
 * Arrivals one after another: a Poisson stream over tenants by Zipf's law, with bursts that pick a few tenants, also quiet
 * ones, which is what makes slots change hands.
 * @param random uniform in [0, 1)
 */
export class TrafficPlan {
  #nowMs = 0;
  #burst: { untilMs: number; tenants: readonly string[] } | null = null;
  #nextBurstMs: number;

  constructor(
    private readonly shape: TrafficShape,
    private readonly random: () => number,
  ) {
    this.#nextBurstMs = this.#exponential(shape.burstEveryMs);
  }

  /** @param tenants those that can be asked now, busiest first; not empty */
  next(tenants: readonly string[]): Arrival {
    this.#turnBurst(tenants);
    const extra = this.#burst ? this.shape.burstRate : 0;
    const afterMs = this.#exponential(1000 / (this.shape.rate + extra));
    this.#nowMs += afterMs;
    const isOfBurst = this.random() < extra / (this.shape.rate + extra);
    const among = isOfBurst && this.#burst ? this.#burst.tenants : tenants;
    const at = isOfBurst
      ? Math.floor(this.random() * among.length)
      : zipf(among.length, this.shape.exponent, this.random());
    return {
      afterMs,
      tenantSlug: among[at] ?? tenants[0] ?? "",
      isStream: this.random() < STREAM_SHARE,
      usesTools: this.random() < TOOLS_SHARE,
      question: Math.floor(this.random() * 1_000_000),
    };
  }

  #turnBurst(tenants: readonly string[]): void {
    if (this.#burst && this.#nowMs >= this.#burst.untilMs) {
      this.#burst = null;
      this.#nextBurstMs = this.#nowMs + this.#exponential(this.shape.burstEveryMs);
    }
    if (this.#burst || this.#nowMs < this.#nextBurstMs) return;
    const chosen = Array.from(
      { length: this.shape.burstTenants },
      () => tenants[Math.floor(this.random() * tenants.length)] ?? "",
    );
    this.#burst = { untilMs: this.#nowMs + this.shape.burstMs, tenants: chosen };
  }

  #exponential(mean: number): number {
    return -Math.log(1 - this.random()) * mean;
  }
}

/** Index in [0, count) with weight 1 / (index + 1) ^ exponent. @param unit uniform in [0, 1) */
export function zipf(count: number, exponent: number, unit: number): number {
  const weights = Array.from({ length: count }, (_, at) => (at + 1) ** -exponent);
  let left = unit * weights.reduce((sum, weight) => sum + weight, 0);
  for (const [at, weight] of weights.entries()) {
    left -= weight;
    if (left < 0) return at;
  }
  return count - 1;
}
