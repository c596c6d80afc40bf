import type { CacheSources, ComparedCounter } from "#lib/metrics/browser/cache-sources-schema.ts";

const LABELS: Record<ComparedCounter, string> = {
  "evictions.gpu": "slot evictions",
  "evictions.cpu": "CPU cache evictions",
  "swaps.gpu": "slot hits",
  "swaps.cpu": "from the CPU cache",
  "swaps.disk": "from disk",
};

type Compared = NonNullable<CacheSources["compared"]>;

/** "measured 41, derived 40 in 57 min"; null where the node does not count it. */
export function pairText({ figures, minutes }: Compared, of: ComparedCounter): string | null {
  const pair = figures.find((figure) => figure.of === of);
  return pair === undefined ? null : `measured ${pair.measured}, derived ${pair.derived} in ${spanText(minutes)}`;
}

/** All that both know, in one sentence. */
export function comparedText({ figures, minutes }: Compared): string {
  const pairs = figures.map(({ of, measured, derived }) => `${LABELS[of]} ${measured} and ${derived}`);
  return `Measured by the node and derived from its requests, over ${spanText(minutes)} covered by both: ${pairs.join("; ")}.`;
}

const NOUNS: Record<ComparedCounter, string> = {
  "evictions.gpu": "GPU slot evictions",
  "evictions.cpu": "CPU cache evictions",
  "swaps.gpu": "GPU slot hits",
  "swaps.cpu": "swaps from the CPU cache",
  "swaps.disk": "swaps from disk",
};

/** Which figure differs, and by how much. */
export const apartText = ({ of, share }: NonNullable<Compared["apart"]>): string =>
  `The two sources of ${NOUNS[of]} are ${Math.round(share * 100)} % apart.`;

const spanText = (minutes: number): string => (minutes === 60 ? "1 h" : `${minutes} min`);

/** Why two sources may part. */
export const APART_REASONS =
  "Likely reasons: requests that bypass Switchyard or are reported late; many adapters in one batch, in unknown order; external loads; or an adapter that an inspection tested.";
