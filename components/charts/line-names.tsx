"use client";

import { cn } from "#components/ui/cn.ts";
import { placeLabels } from "./place-labels.ts";
import type { PlotBox } from "./plot-geometry.ts";
import type { PreparedChart, PreparedLine } from "./prepare-series.ts";

/** A stretch of the line itself: colour, width and dash as drawn. */
export function LineSwatch({ line }: { line: PreparedLine }) {
  return (
    <svg viewBox="0 0 16 4" aria-hidden="true" className="h-1 w-4 shrink-0">
      <line
        x1="0"
        y1="2"
        x2="16"
        y2="2"
        stroke={line.colour}
        strokeWidth={Math.max(1.5, line.width)}
        strokeDasharray={line.dash}
        opacity={line.isFaint ? 0.6 : 1}
      />
    </svg>
  );
}

type LineNamesProps = {
  chart: PreparedChart;
  hidden: ReadonlySet<string>;
  onToggle: (key: string) => void;
};

function NameButton({ line, isHidden, onToggle }: { line: PreparedLine; isHidden: boolean; onToggle: () => void }) {
  return (
    <button
      type="button"
      aria-pressed={!isHidden}
      title={isHidden ? `Show ${line.label}` : `Hide ${line.label}`}
      onClick={onToggle}
      className={cn(
        "inline-flex h-6 max-w-full items-center gap-1.5 rounded-control px-1 text-xs hover:bg-off-tint pointer-coarse:h-10",
        isHidden ? "text-fg-3 line-through" : "text-fg-2",
      )}
    >
      <LineSwatch line={line} />
      <span className="truncate">{line.label}</span>
    </button>
  );
}

/** The lines' names below a narrow chart; each is a switch. */
export function LineLegend({ chart, hidden, onToggle }: LineNamesProps) {
  return (
    <div className="flex flex-wrap gap-x-2 ps-11">
      {chart.lines.map((line) => (
        <NameButton key={line.key} line={line} isHidden={hidden.has(line.key)} onToggle={() => onToggle(line.key)} />
      ))}
    </div>
  );
}

const NAME_HEIGHT = 24;
/** No series is called so: keys are words. */
const OBJECTIVE = "\u0000objective";

/** The last value a line reached, on the stack's own height when stacked. */
const lastHeight = (chart: PreparedChart, index: number, stacked: boolean): number => {
  const row = chart.rows.findLast((each) => (each.values[index] ?? null) !== null);
  if (row === undefined) return 0;
  const own = row.values[index] ?? 0;
  if (!stacked) return own;
  const below = row.values.slice(0, index).reduce<number>((sum, value) => sum + (value ?? 0), 0);
  return below + own / 2;
};

/** The lines' names at the lines' ends: colour alone tells nobody who cannot see it which is which. */
export function LineEndNames({
  chart,
  hidden,
  onToggle,
  box,
  peak,
  stacked,
  objective,
}: LineNamesProps & {
  box: PlotBox;
  peak: number;
  stacked: boolean;
  objective: { value: number; label: string } | null;
}) {
  const wanted = chart.lines.map((line, index) => ({
    key: line.key,
    y: hidden.has(line.key) ? box.height : box.height * (1 - lastHeight(chart, index, stacked) / peak),
  }));
  if (objective) wanted.push({ key: OBJECTIVE, y: box.height * (1 - objective.value / peak) });
  const placed = placeLabels(wanted, box.height, NAME_HEIGHT);
  return (
    <div
      className="pointer-events-none absolute inset-y-0 end-0"
      style={{ left: box.left + box.width + 4, top: box.top }}
    >
      {objective && (
        <div
          className="absolute start-0 max-w-full -translate-y-1/2 truncate ps-1 text-xs text-bad"
          style={{ top: placed.get(OBJECTIVE) ?? 0 }}
        >
          {objective.label}
        </div>
      )}
      {chart.lines.map((line) => (
        <div
          key={line.key}
          className="pointer-events-auto absolute start-0 flex max-w-full -translate-y-1/2"
          style={{ top: placed.get(line.key) ?? 0 }}
        >
          <NameButton line={line} isHidden={hidden.has(line.key)} onToggle={() => onToggle(line.key)} />
        </div>
      ))}
    </div>
  );
}
