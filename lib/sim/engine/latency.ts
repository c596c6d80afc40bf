/**
 * How long things take, in milliseconds at speed 1: an 8B model in bf16 on one A100, as the product's figures have it.
 *
 * - 256 tokens after a prompt of 200: 410 ms at p50 on the base alone, 470 ms when a batch mixes adapters (grouped GEMM,
 *   and the other's prompt). That is 1.6 ms a token, so a step hands out several tokens at once, as speculative decoding
 *   does: 8 tokens in 12 ms. Prefill step 22 ms + 32 steps x 12 ms = 406 ms; two adapters: 36 + 32 x 13.7 = 473 ms.
 * - A pair of nodes with three requests each in flight gives about 3,100 tokens a second (493 ms each).
 * - Prefill: an A100 does about 10,000 tokens of Llama 3's vocabulary a second. The tiny vocabulary cuts the same text
 *   about twice as fine, hence 20 tokens a millisecond.
 * - CPU to GPU swap 30-50 ms at p50, disk over 500 ms for an adapter of 42 MB.
 */
export const TOKENS_PER_STEP = 8;
const STEP_MS = 12;
const PER_EXTRA_SEQUENCE_MS = 0.2;
const PREFILL_TOKENS_PER_MS = 20;
const ONE_ADAPTER = 1.03;
const MIXED_ADAPTERS = 1.12;
const PER_FURTHER_ADAPTER = 0.004;
const CPU_SWAP_MS = [30, 50] as const;
const DISK_READ_MS = [510, 590] as const;
const JITTER = 0.04;

export type StepShape = {
  sequences: number;
  prefillTokens: number;
  /** Distinct adapters among the step's requests; requests for the base do not count. */
  distinctAdapters: number;
  /** Whether a request for the base is in the step: beside an adapter it makes the batch mixed. */
  hasBase: boolean;
};

const between = ([low, high]: readonly [number, number], unit: number) => low + (high - low) * unit;

function adapterFactor(distinctAdapters: number, hasBase: boolean): number {
  const kinds = distinctAdapters + (hasBase ? 1 : 0);
  if (distinctAdapters === 0) return 1;
  return kinds < 2 ? ONE_ADAPTER : MIXED_ADAPTERS + PER_FURTHER_ADAPTER * (kinds - 2);
}

/** @param unit a number in [0, 1) that moves the step by up to 4 % either way */
export function stepMs(shape: StepShape, unit: number): number {
  const compute = STEP_MS + PER_EXTRA_SEQUENCE_MS * Math.max(0, shape.sequences - 1);
  const prefill = shape.prefillTokens / PREFILL_TOKENS_PER_MS;
  const jitter = 1 + JITTER * (2 * unit - 1);
  return (compute + prefill) * adapterFactor(shape.distinctAdapters, shape.hasBase) * jitter;
}

/** Host copy to slot: the whole batch waits. */
export const cpuSwapMs = (unit: number): number => between(CPU_SWAP_MS, unit);

/** Disk to host copy, without the copy into the slot: the whole batch waits. */
export const diskReadMs = (unit: number): number => between(DISK_READ_MS, unit);
