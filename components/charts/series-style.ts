/** How one line is drawn. `colour` is a CSS variable, so that both themes and the print of a chart agree. */
export type SeriesStyle = { colour: string; width: number; dash: string | undefined; isFaint?: boolean };

const REFERENCE = "before:";
/** The key under which a line of the period before is drawn beside the line itself. */
export const referenceKey = (key: string): string => `${REFERENCE}${key}`;
export const isReference = (key: string): boolean => key.startsWith(REFERENCE);

const slot = (index: number, dash?: string): SeriesStyle => ({
  colour: `var(--series-${index + 1})`,
  width: 1.5,
  dash,
});

/** Identities every chart shares keep one look on all pages; quantiles share a hue and differ by stroke. */
const KNOWN = new Map<string, SeriesStyle>(
  Object.entries({
    p50: { colour: "var(--series-1)", width: 1, dash: undefined },
    p95: { colour: "var(--series-1)", width: 2, dash: undefined },
    p99: { colour: "var(--series-1)", width: 1.5, dash: "4 3" },
    gpu: { colour: "var(--tier-gpu)", width: 1.5, dash: undefined },
    cpu: { colour: "var(--tier-cpu)", width: 1.5, dash: undefined },
    disk: { colour: "var(--tier-disk)", width: 1.5, dash: undefined },
    unknown: { colour: "var(--off)", width: 1.5, dash: "1 3" },
    other: { colour: "var(--series-other)", width: 1.5, dash: undefined },
    forecast: { colour: "var(--series-1)", width: 1.5, dash: "6 4" },
    requests: slot(0),
    throughput: slot(2),
    errors: slot(5),
  }),
);

const COLOURS = 6;
/** Six colours, then the same six dashed. */
const SLOTS = COLOURS * 2;

/** FNV-1a: small, and the same in every browser and on every page. */
const hash = (text: string): number => {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193) >>> 0;
  }
  return value;
};

/**
 * A look for each key, by identity and never by rank. Where two keys of one chart want the same slot, the one that is
 * later in the alphabet takes the next free one, so that the outcome does not depend on the order of arrival.
 */
export function styleSeries(keys: readonly string[]): ReadonlyMap<string, SeriesStyle> {
  const own = styleOwn(keys.filter((key) => !isReference(key)));
  const references = keys.filter(isReference).map((key): [string, SeriesStyle] => {
    const style = own.get(key.slice(REFERENCE.length)) ?? slot(0);
    return [key, { colour: style.colour, width: 1, dash: "5 4", isFaint: true }];
  });
  return new Map([...own, ...references]);
}

function styleOwn(keys: readonly string[]): ReadonlyMap<string, SeriesStyle> {
  const styles = new Map<string, SeriesStyle>();
  const taken = new Set<number>();
  for (const key of keys) {
    const known = KNOWN.get(key);
    if (known === undefined) continue;
    styles.set(key, known);
    for (let index = 0; index < COLOURS; index += 1)
      if (known.colour === `var(--series-${index + 1})`) taken.add(index);
  }
  for (const key of [...keys].sort()) {
    if (styles.has(key)) continue;
    let index = hash(key) % COLOURS;
    for (let tries = 0; taken.has(index) && tries < SLOTS; tries += 1) index = (index + 1) % SLOTS;
    taken.add(index);
    styles.set(key, index < COLOURS ? slot(index) : slot(index - COLOURS, "6 3"));
  }
  return styles;
}
