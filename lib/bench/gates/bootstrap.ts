import { seededChance } from "#lib/lora-cache/bursty-trace.ts";
import { quantile } from "#lib/testbed/quantile.ts";

/** Latencies of one pair: the same trace without and with what is tried. */
export type Pair = { off: readonly number[]; on: readonly number[] };
export type RatioInterval = { ratio: number; lower: number; upper: number };

/**
 * How much a quantile rises, over all pairs, with a 95 % bootstrap interval. Whole pairs are drawn, because requests of one
 * pair share their moment and are not independent.
 */
export function quantileRatio(
  pairs: readonly Pair[],
  share: number,
  { seed, resamples }: { seed: number; resamples: number },
): RatioInterval {
  const chance = seededChance(seed);
  const ratioOf = (some: readonly Pair[]) =>
    quantile(
      some.flatMap(({ on }) => on),
      share,
    ) /
    quantile(
      some.flatMap(({ off }) => off),
      share,
    );
  const ratios = Array.from({ length: resamples }, () =>
    ratioOf(Array.from(pairs, () => pairs[Math.floor(chance() * pairs.length)] ?? { off: [], on: [] })),
  );
  return { ratio: ratioOf(pairs), lower: quantile(ratios, 0.025), upper: quantile(ratios, 0.975) };
}
