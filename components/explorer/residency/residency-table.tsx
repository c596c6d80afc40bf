"use client";

import { ScrollRegion } from "#components/ui/scroll-region.tsx";
import { TierMark } from "#components/ui/tier-mark.tsx";
import { useZone } from "#components/ui/time.tsx";
import type { ResidencyMap } from "#lib/metrics/browser/residency-map-schema.ts";
import { type MapTier, mapLines, momentText } from "./map-lines.ts";

const HEAD = "sticky top-0 h-(--row) border-b bg-bg px-3 text-start text-xs font-medium text-fg-2 first:ps-0";
const CELL = "h-7 border-b px-3 whitespace-nowrap";
/** More stays than these are not written out. */
const MAX_STAYS = 500;

/** The same as rows: every stay of every version, version by version. */
export function ResidencyTable({ map }: { map: ResidencyMap }) {
  const zone = useZone();
  const stays = mapLines(map).flatMap(({ name, row, runs }) =>
    row === null ? [] : runs.map((run) => ({ ...run, name, loraName: row.loraName, is: run.is as MapTier })),
  );
  return (
    <>
      <ScrollRegion label="Residency over time as a table" className="max-h-105 overflow-auto">
        <table className="w-full border-separate border-spacing-0 text-sm">
          <thead>
            <tr>
              {["Version", "Where", "Since", "Until"].map((header) => (
                <th key={header} scope="col" className={HEAD}>
                  {header}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {stays.slice(0, MAX_STAYS).map(({ name, loraName, is, column, columns, fromMs, toMs }) => (
              <tr key={`${loraName} ${column}`}>
                <th scope="row" className="h-7 border-b pe-3 text-start font-normal whitespace-nowrap">
                  {name}
                </th>
                <td className={CELL}>
                  <TierMark tier={is} />
                </td>
                <td className={CELL} suppressHydrationWarning>
                  {momentText(fromMs, map, zone)}
                  {column === 0 && " or before"}
                </td>
                <td className={CELL} suppressHydrationWarning>
                  {column + columns === map.columns ? "–" : momentText(toMs, map, zone)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
      {stays.length > MAX_STAYS && (
        <p className="mt-1 text-xs text-fg-3">
          The first {MAX_STAYS} of {stays.length} segments; choose a shorter range to see all.
        </p>
      )}
    </>
  );
}
