/** A stream of numbers in [0, 1) from a seed (xorshift32). */
export function seededChance(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
}

const SKEW = 0.9;
/** After this many requests others become the hot ones: a fiftieth of the adapters moves on. */
const DRIFT_EVERY = 100_000;

/** Requests for `adapters` adapters, a few of them hot (Zipf 0.9), whose hot ones change over time. */
export function driftingTrace(adapters: number, requests: number, seed = 12345): Uint32Array {
  const weights = new Float64Array(adapters);
  let total = 0;
  for (let rank = 0; rank < adapters; rank += 1) {
    total += (rank + 1) ** -SKEW;
    weights[rank] = total;
  }
  const chance = seededChance(seed);
  const trace = new Uint32Array(requests);
  let shift = 0;
  for (let index = 0; index < requests; index += 1) {
    if (index % DRIFT_EVERY === 0) shift = (shift + Math.ceil(adapters / 50)) % adapters;
    trace[index] = (rankOf(weights, chance() * total) + shift) % adapters;
  }
  return trace;
}

/** The first rank whose summed weight reaches the target. */
function rankOf(weights: Float64Array, target: number): number {
  let low = 0;
  let high = weights.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((weights[middle] as number) < target) low = middle + 1;
    else high = middle;
  }
  return low;
}
