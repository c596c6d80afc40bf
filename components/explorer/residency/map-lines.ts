import { formatAbsolute, formatClock, type Zone } from "#components/ui/format-time.ts";
import { MAX_MAP_HOURS } from "#lib/metrics/browser/residency-map-limits.ts";
import type { ResidencyMap, ResidencyMapRow } from "#lib/metrics/browser/residency-map-schema.ts";

export type MapTier = ResidencyMapRow["runs"][number]["tier"];
export type MapSource = ResidencyMap["source"];

/** Equal columns beside each other. The moments of its ends in ms. */
export type MapRun<Is = MapTier | MapSource> = {
  is: Is;
  column: number;
  columns: number;
  fromMs: number;
  toMs: number;
};
/** One line of the map; the first says how the columns are known, and is of no version. */
export type MapLine = { key: string; name: string; row: ResidencyMapRow | null; runs: readonly MapRun[] };

const HOUR_MS = 3_600_000;
/** What the API allows for rounding. */
const ROUNDED_MS = 240_000;

/** The end of a range that a map can cover. A range that ends now is cut at whole minutes, so that it is asked for once. */
export function mapRange(
  { from, to }: { from: string; to?: string | undefined },
  nowMs: number,
): { query: { from: string; to?: string | undefined }; isCut: boolean } {
  const endMs = to === undefined ? nowMs : Math.min(Date.parse(to), nowMs);
  const earliestMs = endMs - MAX_MAP_HOURS * HOUR_MS;
  if (Date.parse(from) >= earliestMs - ROUNDED_MS) return { query: { from, to }, isCut: false };
  return { query: { from: new Date(Math.ceil(earliestMs / 60_000) * 60_000).toISOString(), to }, isCut: true };
}

const place = <Is extends MapTier | MapSource>(
  { from, to, stepSeconds }: ResidencyMap,
  runs: readonly { is: Is; columns: number }[],
): MapRun<Is>[] => {
  let column = 0;
  return runs.map(({ is, columns }) => {
    const begun = column;
    column += columns;
    const momentOf = (index: number) => Math.min(Date.parse(from) + index * stepSeconds * 1000, Date.parse(to));
    return { is, column: begun, columns, fromMs: momentOf(begun), toMs: momentOf(column) };
  });
};

/** A version by its tenant, adapter and number; one that is not ours by the name the node has for it. */
export const versionName = ({ tenantSlug, adapterSlug, versionNumber, loraName }: ResidencyMapRow): string =>
  tenantSlug && adapterSlug ? `${tenantSlug} / ${adapterSlug} v${versionNumber ?? "?"}` : loraName;

/** What a map draws, from top to bottom. */
export const mapLines = (map: ResidencyMap): MapLine[] => [
  {
    key: "source",
    name: "Source",
    row: null,
    runs: place(
      map,
      map.sources.map(({ source, columns }) => ({ is: source, columns })),
    ),
  },
  ...map.rows.map((row) => ({
    key: row.loraName,
    name: versionName(row),
    row,
    runs: place(
      map,
      row.runs.map(({ tier, columns }) => ({ is: tier, columns })),
    ),
  })),
];

/** Where the reader is: a line and a run of it. */
export type MapCell = { line: number; run: number };

/** What the reader looks at, whatever its place in the map. */
export type PickedMoment = { key: string; atMs: number };

/** The last moment of a run: that of the newest run is still in it when the map has been read again. */
export function momentAt(lines: readonly MapLine[], { line, run }: MapCell): PickedMoment | null {
  const found = lines[line];
  const at = found?.runs[run];
  return found && at ? { key: found.key, atMs: Math.max(at.fromMs, at.toMs - 1) } : null;
}

/** Where it is now; null when the version has no row any more, or the moment is outside the map. */
export function cellAt(lines: readonly MapLine[], { key, atMs }: PickedMoment): MapCell | null {
  const line = lines.findIndex((one) => one.key === key);
  const runs = lines[line]?.runs ?? [];
  const run = runs.findLastIndex(({ fromMs }) => fromMs <= atMs);
  return run === -1 || atMs > (runs.at(-1)?.toMs ?? 0) ? null : { line, run };
}

/** Where an arrow key leads: to the run beside it, or to the one above or below that holds the same moment. */
export function nextCell(lines: readonly MapLine[], { line, run }: MapCell, key: string): MapCell | null {
  const runs = lines[line]?.runs ?? [];
  const clamp = (index: number, length: number) => Math.max(0, Math.min(length - 1, index));
  const onLine = (index: number): MapCell => {
    const target = clamp(index, lines.length);
    const column = runs[run]?.column ?? 0;
    const found = lines[target]?.runs.findLastIndex((one) => one.column <= column) ?? 0;
    return { line: target, run: Math.max(0, found) };
  };
  switch (key) {
    case "ArrowLeft":
      return { line, run: clamp(run - 1, runs.length) };
    case "ArrowRight":
      return { line, run: clamp(run + 1, runs.length) };
    case "ArrowUp":
      return onLine(line - 1);
    case "ArrowDown":
      return onLine(line + 1);
    case "Home":
      return { line, run: 0 };
    case "End":
      return { line, run: clamp(runs.length - 1, runs.length) };
    default:
      return null;
  }
}

export const WORDS: Record<MapTier | MapSource, string> = {
  gpu: "GPU slot",
  cpu: "CPU cache",
  absent: "On disk only",
  unknown: "Unknown",
  measured: "Measured",
  derived: "Derived, exact",
  inferred: "Inferred",
};

/** A moment of a map: with the day, as a map may lie in the past; with seconds where steps are shorter than a minute. */
export const momentText = (atMs: number, { to, stepSeconds }: ResidencyMap, zone: Zone): string =>
  stepSeconds >= 60
    ? formatAbsolute(atMs, Date.parse(to), zone)
    : `${formatAbsolute(atMs, Date.parse(to), zone).split(",")[0]}, ${formatClock(atMs, zone, true)}`;

/** "GPU slot since 25 Nov, 12:01:10, until 25 Nov, 12:03:20". */
export function runText({ is, column, columns, fromMs, toMs }: MapRun, map: ResidencyMap, zone: Zone): string {
  const since =
    column === 0 ? `since ${momentText(fromMs, map, zone)} or before` : `since ${momentText(fromMs, map, zone)}`;
  const isLast = column + columns === map.columns;
  return `${WORDS[is]} ${since}, ${isLast ? "to the end" : `until ${momentText(toMs, map, zone)}`}`;
}
