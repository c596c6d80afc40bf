/**
 * Places a CPU cache needs (`--max-cpu-loras`): every adapter and a fifth more, rounded up, and never fewer than there are
 * GPU slots, since vLLM keeps a copy of each adapter that lies in one.
 */
export const cpuPlacesFor = (adapters: number, maxLoras: number): number =>
  // in whole numbers: 1.2 x 40 must not become 49 by a rounding error
  Math.max(Math.ceil((adapters * 6) / 5), maxLoras, 1);
