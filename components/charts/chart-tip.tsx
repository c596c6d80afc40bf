"use client";

import { boundedText } from "#components/ui/format.ts";
import { formatAbsolute } from "#components/ui/format-time.ts";
import { useZone } from "#components/ui/time.tsx";
import { LineSwatch } from "./line-names.tsx";
import type { PreparedChart, PreparedRow } from "./prepare-series.ts";

const MAX_LINES = 10;

/** What stands at the crosshair: the time on top, then the lines by value, the largest first. */
export function ChartTip({
  chart,
  row,
  hidden,
  formatValue,
}: {
  chart: PreparedChart;
  row: PreparedRow;
  hidden: ReadonlySet<string>;
  formatValue: (value: number) => string;
}) {
  const zone = useZone();
  const lines = chart.lines
    .map((line, index) => ({
      line,
      value: row.values[index] ?? null,
      bound: row.bounds[index],
      isThin: row.isThin[index] ?? false,
    }))
    .filter(({ line }) => !hidden.has(line.key))
    .sort((a, b) => (b.value ?? -1) - (a.value ?? -1))
    .slice(0, MAX_LINES);
  return (
    <div className="pointer-events-none rounded-control border bg-raised px-2.5 py-1.5 text-xs shadow-float">
      <p className="text-fg-2">{formatAbsolute(row.at, chart.to, zone)}</p>
      <ul className="mt-1 flex flex-col gap-0.5">
        {lines.map(({ line, value, bound, isThin }) => (
          <li key={line.key} className="flex items-center gap-2 whitespace-nowrap">
            <LineSwatch line={line} />
            <span className="grow text-fg-2">{line.label}</span>
            <span className="font-medium">{value === null ? "Unknown" : boundedText(formatValue(value), bound)}</span>
            {isThin && <span className="text-fg-3">few</span>}
          </li>
        ))}
      </ul>
    </div>
  );
}
