/** One request of a trace. */
export type Arrival = { atMs: number; tenant: number; promptTokens: number; outputTokens: number };

export type TraceShape = {
  tenants: number;
  seconds: number;
  /** Mean over the whole trace. */
  perSecond: number;
  /** Zipf exponent of the tenants' shares. */
  skew: number;
  /** Mean number of requests that come together. */
  burst: number;
  seed: number;
};

/** Requests of one burst follow each other after about this long. */
const WITHIN_BURST_MS = 120;
/** The whole traffic swells and ebbs: so much above and below its mean, once in so many seconds. */
const SWELL = 0.6;
const SWELL_MS = 10_000;

/**
 * Tenants whose shares follow Zipf's law, each sending bursts of requests (geometric, a few close together), over traffic
 * that swells and ebbs. Replies are those of tool calls: 40 to 400 tokens.
 */
export function burstyTrace({ tenants, seconds, perSecond, skew, burst, seed }: TraceShape): Arrival[] {
  const chance = seededChance(seed);
  const shares = Array.from({ length: tenants }, (_, rank) => (rank + 1) ** -skew);
  const total = shares.reduce((sum, share) => sum + share, 0);
  const arrivals: Arrival[] = [];
  const endMs = seconds * 1000;
  for (const [tenant, share] of shares.entries()) {
    const burstsPerMs = ((perSecond / 1000) * share) / total / burst;
    let atMs = 0;
    for (;;) {
      // thinning: candidates at the highest rate, kept by how high it is now
      atMs -= Math.log(1 - chance()) / (burstsPerMs * (1 + SWELL));
      if (atMs >= endMs) break;
      if (chance() * (1 + SWELL) > 1 + SWELL * Math.sin((2 * Math.PI * atMs) / SWELL_MS)) continue;
      let inBurstMs = atMs;
      do {
        arrivals.push({ atMs: inBurstMs, tenant, ...replySize(chance) });
        inBurstMs -= Math.log(1 - chance()) * WITHIN_BURST_MS;
      } while (chance() < 1 - 1 / burst);
    }
  }
  return arrivals.filter(({ atMs }) => atMs < endMs).sort((a, b) => a.atMs - b.atMs);
}

/** A tenant that sends one request after the other, this often. */
export function evenTrace(shape: { tenant: number; everyMs: number; seconds: number; seed: number }): Arrival[] {
  const { tenant, everyMs, seconds, seed } = shape;
  const chance = seededChance(seed * 1_000 + tenant);
  return Array.from({ length: Math.floor((seconds * 1000) / everyMs) }, (_, at) => ({
    atMs: at * everyMs,
    tenant,
    ...replySize(chance),
  }));
}

const replySize = (chance: () => number) => ({
  promptTokens: 100 + Math.round(300 * chance()),
  outputTokens: Math.round(40 * 10 ** chance()),
});

/** Numbers in [0, 1) from a seed (mulberry32). */
export function seededChance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
