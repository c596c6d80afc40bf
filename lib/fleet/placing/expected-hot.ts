/** What an adapter was asked for lately; the mean of the last minutes, and the most requests that ran at once. */
export type Demand = { requestsPerMinute: number; peakConcurrent: number };

/** How long one request keeps its adapter in the batch: 256 tokens take about 470 ms in a shared pool (mission's case). */
export const SERVICE_SECONDS = 0.5;

/**
 * The probability that an adapter is in use on one of its nodes at any moment. Requests that arrive independently, λ a
 * second, each for S seconds, leave the adapter idle with probability exp(−λS); k nodes share the requests. The sum over
 * a node's adapters is the number of GPU slots that are expected to be taken at once. A LoRA's rank does not count: vLLM
 * pads every slot to the pool's rank.
 * @param demand null = never asked for so far, taken as cold
 * @returns 0 to 1
 */
export function expectedHot(demand: Demand | null, replicas: number): number {
  if (demand === null || replicas < 1) return 0;
  return 1 - Math.exp((-demand.requestsPerMinute / 60 / replicas) * SERVICE_SECONDS);
}
