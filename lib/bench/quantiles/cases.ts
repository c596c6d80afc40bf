import type { Histogram } from "#lib/metrics/histogram.ts";

/** Bounds of vLLM's end-to-end latency, of its time between tokens, and two that nobody would choose. */
const BOUNDS: readonly (readonly number[])[] = [
  [0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480, 960, 1920, 7680],
  [0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80],
  [1],
  [-2, -1, 0, 1],
];

/** Cases of one kind of bounds that are in one pool, as the nodes of a pool are. */
const POOL_SIZE = 20;

export type Case = { name: string; pool: string; histogram: Histogram };

/**
 * Histograms with gaps, with one full bucket, with everything above the last bound, with none at all, and with large counts.
 * @param random uniform in [0, 1)
 */
export function makeCases(count: number, random: () => number): Case[] {
  return Array.from({ length: count }, (_, index) => {
    const le = BOUNDS[index % BOUNDS.length] ?? [];
    const pool = `${index % BOUNDS.length}-${Math.floor(index / (BOUNDS.length * POOL_SIZE))}`;
    return { name: `case-${index}`, pool, histogram: { le, counts: countsOf(le.length + 1, index, random) } };
  });
}

function countsOf(buckets: number, index: number, random: () => number): number[] {
  const only = Math.floor(random() * buckets);
  return Array.from({ length: buckets }, (_, bucket) => {
    switch (index % 7) {
      case 0:
        return 0;
      case 1:
        return bucket === only ? 1 + Math.floor(random() * 1_000) : 0;
      case 2:
        return bucket === buckets - 1 ? 17 : 0;
      case 3:
        return random() < 0.7 ? 0 : Math.floor(random() * 5);
      case 4:
        return Math.floor(random() * 1e9);
      default:
        return Math.floor(random() * 300);
    }
  });
}

/** As a node would export them. */
export function expositionOf(cases: readonly Case[]): string {
  const lines = ["# TYPE h histogram"];
  for (const { name, pool, histogram } of cases) {
    const labels = `case="${name}",pool="${pool}"`;
    let below = 0;
    histogram.counts.forEach((count, bucket) => {
      below += count;
      lines.push(`h_bucket{${labels},le="${histogram.le[bucket] ?? "+Inf"}"} ${below}`);
    });
    lines.push(`h_sum{${labels}} 1`, `h_count{${labels}} ${below}`);
  }
  return `${lines.join("\n")}\n`;
}
