import { seededChance } from "#lib/lora-cache/bursty-trace.ts";
import { quantile } from "#lib/testbed/quantile.ts";

/** Latencies of one pair: the same trace without and with what is tried. */
export type Pair = { off: readonly number[]; on: readonly number[] };

/**
 * How much a quantile rises, over all pairs, with a 95 % bootstrap interval. Whole pairs are drawn, because requests of one
 * pair share their moment and are not independent.
 */
export function quantileRatio(pairs: readonly Pair[], share: number, of: { seed: number; resamples: number }) {
  const chance = seededChance(of.seed);
  const one = (some: readonly Pair[], arm: keyof Pair) =>
    quantile(
      some.flatMap((pair) => pair[arm]),
      share,
    );
  const ratioOf = (some: readonly Pair[]) => one(some, "on") / one(some, "off");
  const draw = () => pairs.map(() => pairs[Math.floor(chance() * pairs.length)] ?? { off: [], on: [] });
  const ratios = Array.from({ length: of.resamples }, () => ratioOf(draw()));
  return { ratio: ratioOf(pairs), lower: quantile(ratios, 0.025), upper: quantile(ratios, 0.975) };
}
