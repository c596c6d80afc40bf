"use client";

import type { ReactNode } from "react";
import { Fragment, useId } from "react";
import {
  Area,
  CartesianGrid,
  ComposedChart,
  Curve,
  type CurveProps,
  Line,
  ReferenceArea,
  ReferenceLine,
  Tooltip,
  XAxis,
  YAxis,
} from "recharts";
import type { EventGroup } from "./group-annotations.ts";
import { PLOT, type PlotBox } from "./plot-geometry.ts";
import type { PreparedChart, PreparedLine, PreparedRow } from "./prepare-series.ts";

export type TimePlotProps = {
  chart: PreparedChart;
  box: PlotBox;
  width: number;
  height: number;
  yTicks: readonly number[];
  xTicks: readonly number[];
  formatY: (value: number) => string;
  formatX: (at: number) => string;
  hidden: ReadonlySet<string>;
  stacked: boolean;
  objective: { value: number; label: string } | null;
  /** A narrow chart names it inside the plot; a wide one beside it. */
  isObjectiveNamed: boolean;
  events: readonly EventGroup[];
  syncId: string | undefined;
  tooltip: (row: PreparedRow) => ReactNode;
  name: string;
};

const OBJECTIVE_LABEL = {
  fontSize: 12,
  fill: "var(--bad)",
  stroke: "var(--bg)",
  strokeWidth: 4,
  paintOrder: "stroke",
} as const;
const TICK = { fontSize: 12, fill: "var(--fg-3)" } as const;

type DotProps = { cx?: number | undefined; cy?: number | undefined; payload?: PreparedRow };

/** Hollow where fewer than 100 requests stand behind it, filled where a line alone would draw nothing. */
const drawDot =
  (index: number, colour: string, drawsThin: boolean) =>
  ({ cx, cy, payload }: DotProps) => {
    const isThin = payload?.isThin[index] ?? false;
    const isLone = payload?.isLone[index] ?? false;
    if (!(isLone || (isThin && drawsThin)) || typeof cx !== "number" || typeof cy !== "number")
      return <g key={payload?.at} />;
    const fill = isThin ? "var(--bg)" : colour;
    return <circle key={payload?.at} cx={cx} cy={cy} r={2.25} stroke={colour} strokeWidth={1} fill={fill} />;
  };

/** A line breaks at thin windows; the dotted one beside it takes them and their neighbours. */
const solidValue = (index: number) => (row: PreparedRow) => (row.isThin[index] ? null : (row.values[index] ?? null));
const thinValue = (index: number, rows: readonly PreparedRow[], stepMs: number, from: number) => (row: PreparedRow) => {
  const position = Math.round((row.at - from) / stepMs) - 1;
  const isNear = [position - 1, position, position + 1].some((at) => rows[at]?.isThin[index] ?? false);
  return isNear || row.isLone[index] ? (row.values[index] ?? null) : null;
};

type TipProps = { active?: boolean; payload?: readonly { payload?: unknown }[] };

type Shown = PreparedLine & { index: number };

/** What lies behind the lines: hatched gaps, the tint above an objective, a line for each group of events. */
function Backdrop({ chart, objective, events, top, hatchId }: TimePlotProps & { top: number; hatchId: string }) {
  return (
    <>
      {chart.gaps.map((gap) => (
        <ReferenceArea
          key={gap.from}
          x1={gap.from}
          x2={gap.to}
          y1={0}
          y2={top}
          fill={`url(#${hatchId})`}
          stroke="none"
        />
      ))}
      {objective && objective.value < top && (
        <ReferenceArea
          y1={objective.value}
          y2={top}
          x1={chart.from}
          x2={chart.to}
          fill="var(--bad)"
          fillOpacity={0.06}
          stroke="none"
        />
      )}
      {events.map((group) => (
        <ReferenceLine
          key={group.at}
          x={group.at}
          stroke={group.events.some((event) => event.outcome === "failed") ? "var(--bad)" : "var(--fg-3)"}
          strokeOpacity={0.7}
        />
      ))}
    </>
  );
}

function StackedAreas({ shown }: { shown: readonly Shown[] }) {
  return shown.map((line) => (
    <Area
      key={line.key}
      dataKey={(row: PreparedRow) => row.values[line.index] ?? null}
      name={line.label}
      stackId="all"
      type="linear"
      stroke={line.colour}
      strokeWidth={1}
      fill={line.colour}
      fillOpacity={0.35}
      dot={false}
      activeDot={false}
      isAnimationActive={false}
    />
  ));
}

/** Recharts measures the path of each line at every drawing, for an animation that nobody sees: a path it cannot reach costs nothing. */
const drawCurve = ({ pathRef: _, ...props }: CurveProps) => <Curve {...props} />;

/** A page of charts with more dots than this takes seconds to draw; the dotted line says the same. */
const MOST_DOTS = 300;

/** Each line twice: as it is, and dotted where it rests on too little. */
function Lines({ chart, shown }: { chart: PreparedChart; shown: readonly Shown[] }) {
  const isSparse = chart.rows.length * shown.length <= MOST_DOTS;
  const hasDots = (index: number) => isSparse || chart.rows.some((row) => row.isLone[index]);
  return shown.map((line) => (
    <Fragment key={line.key}>
      <Line
        dataKey={solidValue(line.index)}
        name={line.label}
        type="linear"
        stroke={line.colour}
        strokeWidth={line.width}
        strokeDasharray={line.dash}
        strokeOpacity={line.isFaint ? 0.6 : 1}
        dot={false}
        activeDot={{ r: 3, fill: line.colour, stroke: "var(--bg)" }}
        shape={drawCurve}
        isAnimationActive={false}
      />
      <Line
        dataKey={thinValue(line.index, chart.rows, chart.stepMs, chart.from)}
        name={line.label}
        type="linear"
        stroke={line.colour}
        strokeWidth={1}
        strokeDasharray="1 3"
        dot={hasDots(line.index) && drawDot(line.index, line.colour, isSparse)}
        activeDot={false}
        shape={drawCurve}
        isAnimationActive={false}
      />
    </Fragment>
  ));
}

/** Named above its line, and below it where the plot ends there. */
function Objective({ objective, isObjectiveNamed, yTicks }: TimePlotProps) {
  if (objective === null) return null;
  const isAtTop = objective.value > 0.9 * (yTicks.at(-1) ?? 1);
  const label = { ...OBJECTIVE_LABEL, position: isAtTop ? "insideTopRight" : "insideBottomRight" } as const;
  return (
    <ReferenceLine
      y={objective.value}
      stroke="var(--bad)"
      strokeDasharray="2 4"
      label={isObjectiveNamed ? { ...label, value: objective.label } : undefined}
    />
  );
}

function Crosshair({ tooltip }: Pick<TimePlotProps, "tooltip">) {
  return (
    <Tooltip
      isAnimationActive={false}
      filterNull={false} // a gap is said to be unknown
      cursor={{ stroke: "var(--line-control)" }}
      content={({ active, payload }: TipProps) => {
        const row = payload?.[0]?.payload as PreparedRow | undefined;
        return active && row !== undefined ? tooltip(row) : null;
      }}
    />
  );
}

function Axes({ chart, xTicks, yTicks, formatX, formatY, top }: TimePlotProps & { top: number }) {
  return (
    <>
      <CartesianGrid vertical={false} stroke="var(--line)" />
      <XAxis
        dataKey="at"
        type="number"
        domain={[chart.from, chart.to]}
        ticks={xTicks as number[]}
        tickFormatter={formatX}
        height={PLOT.bottom}
        interval="preserveStart"
        tick={TICK}
        tickLine={false}
        axisLine={{ stroke: "var(--line)" }}
        tickMargin={6}
      />
      <YAxis
        width={PLOT.left}
        domain={[0, top]}
        ticks={yTicks as number[]}
        tickFormatter={formatY}
        interval={0}
        tick={TICK}
        tickLine={false}
        axisLine={false}
        tickMargin={6}
      />
    </>
  );
}

/**
 * The only file that knows recharts. Every number, tick, colour and gap arrives finished (`prepareSeries`); what lies
 * over the plot (event marks, names of lines, the zoom's band) is HTML placed by the same geometry.
 */
export default function TimePlot(props: TimePlotProps) {
  const { chart, box, width, height, hidden, stacked } = props;
  const hatchId = useId();
  const top = props.yTicks.at(-1) ?? 1;
  const shown = chart.lines.map((line, index) => ({ ...line, index })).filter((line) => !hidden.has(line.key));
  return (
    <ComposedChart
      data={chart.rows as PreparedRow[]}
      width={width}
      height={height}
      margin={{ top: PLOT.top, right: width - box.left - box.width, bottom: 0, left: 0 }}
      syncId={props.syncId}
      syncMethod="value"
      role="application"
      aria-label={`${props.name}: use the arrow keys to read values`}
    >
      <defs>
        <pattern id={hatchId} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <line x1="0" y1="0" x2="0" y2="6" stroke="var(--line-control)" strokeWidth="1" opacity="0.6" />
        </pattern>
      </defs>
      <Axes {...props} top={top} />
      <Backdrop {...props} top={top} hatchId={hatchId} />
      <Crosshair tooltip={props.tooltip} />
      {stacked ? <StackedAreas shown={shown} /> : <Lines chart={chart} shown={shown} />}
      <Objective {...props} />
    </ComposedChart>
  );
}
