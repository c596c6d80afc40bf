import { type AdapterGroup, requestsPerSOf } from "./node-load.ts";
import type { NodeRequest } from "./waiting-requests.ts";

/** Poisson arrivals of all adapters together, each one's lengths spread about its means. */
export class PoissonArrivals {
  nextS = 0;
  private readonly rate: number;
  /** Share of the requests that this group and those before it send. */
  private readonly shares: number[];
  private readonly firsts: number[];

  constructor(
    private readonly groups: readonly AdapterGroup[],
    private readonly chance: () => number,
  ) {
    this.rate = requestsPerSOf(groups);
    this.firsts = sums(groups.map(({ adapters }) => adapters));
    this.shares = sums(groups.map((group) => (group.adapters * group.requestsPerS) / this.rate)).slice(1);
    this.next();
  }

  take(): NodeRequest {
    const index = this.groupAt(this.chance());
    const group = this.groups[index];
    const adapter = (this.firsts[index] ?? 0) + Math.floor(this.chance() * (group?.adapters ?? 1));
    const request: NodeRequest = {
      adapter,
      arrivedS: this.nextS,
      promptTokens: this.length(group?.promptTokens ?? 1),
      outputTokens: this.length(group?.outputTokens ?? 1),
      firstTokenS: Number.NaN,
      next: null,
    };
    this.next();
    return request;
  }

  /** The first group whose share of the requests, with those before it, is above `draw`. */
  private groupAt(draw: number): number {
    let [from, to] = [0, this.shares.length - 1];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((this.shares[middle] ?? 1) > draw) to = middle;
      else from = middle + 1;
    }
    return from;
  }

  /** Those before that instant are not sent. Poisson arrivals do not remember: the next one is drawn from there on. */
  skipTo(atS: number): void {
    this.nextS = atS;
    this.next();
  }

  private next(): void {
    this.nextS = this.rate > 0 ? this.nextS - Math.log(1 - this.chance()) / this.rate : Number.POSITIVE_INFINITY;
  }

  /** Gamma of shape 2: a coefficient of variation of 0.7, as the lengths of chats have. */
  private length(mean: number): number {
    return Math.max(1, Math.round((-mean / 2) * Math.log((1 - this.chance()) * (1 - this.chance()))));
  }
}

/** 0, and the sum up to each. */
function sums(values: readonly number[]): number[] {
  const all = [0];
  for (const value of values) all.push((all.at(-1) ?? 0) + value);
  return all;
}
