"use client";

import { lazy, type ReactNode, Suspense, useMemo, useState } from "react";
import { TextLink } from "#components/ui/button.tsx";
import { formatUnit, quantityText } from "#components/ui/format.ts";
import { useReader } from "#components/ui/reader.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Time, useZone } from "#components/ui/time.tsx";
import { useHydrated } from "#components/ui/use-now.ts";
import type { Annotation, Chart } from "#lib/metrics/schema.ts";
import { axisUnit, formatTick, formatTimeTick, niceTicks, timeTicks, zoneName, zoneOffset } from "./axis.ts";
import type { ChartFile } from "./chart-links.ts";
import { ChartTip } from "./chart-tip.tsx";
import { describeChart } from "./describe-chart.ts";
import { EventMarks } from "./event-marks.tsx";
import { groupAnnotations } from "./group-annotations.ts";
import { LineEndNames, LineLegend } from "./line-names.tsx";
import { BARE_GUTTER, LABEL_GUTTER, plotBox, WIDE_FROM } from "./plot-geometry.ts";
import type { PreparedChart } from "./prepare-series.ts";
import { useWidth } from "./use-width.ts";
import { ZoomLayer } from "./zoom-layer.tsx";

/** 122 kB of drawing code, which no list page should carry. */
const TimePlot = lazy(() => import("./time-plot.tsx"));
const ChartTable = lazy(() => import("./chart-table.tsx").then((module) => ({ default: module.ChartTable })));

type ChartFigureProps = {
  chart: Chart;
  prepared: PreparedChart;
  height: number;
  stacked: boolean;
  asTable: boolean;
  file: ChartFile | undefined;
  objective: { value: number; label: string } | null;
  syncId: string | undefined;
  onZoom: ((range: { from: number; to: number }) => void) | undefined;
  onZoomOut: (() => void) | undefined;
  eventHref: ((event: Annotation) => string | undefined) | undefined;
  /** What led up to a moment of the chart. */
  momentHref: ((at: number) => string) | undefined;
  /** What else is known of it. */
  explain: ((at: number) => ReactNode) | undefined;
};

const toggled = (keys: ReadonlySet<string>, key: string): ReadonlySet<string> => {
  const next = new Set(keys);
  if (!next.delete(key)) next.add(key);
  return next;
};

/** The drawing with its axes, names, events and words, or the same as a table. */
export function ChartFigure(props: ChartFigureProps) {
  const { chart, prepared, height, asTable } = props;
  const { locale } = useReader();
  const zone = useZone();
  const [attach, width] = useWidth<HTMLElement>();
  const formatValue = (value: number) => quantityText(formatUnit(value, chart.unit, locale));
  const words = describeChart(prepared, chart.annotations.length, { unit: chart.unit, locale, zone });
  return (
    <figure ref={attach} className="min-w-0 [&_.recharts-surface_*]:outline-none">
      <figcaption className="sr-only" suppressHydrationWarning>
        {words}
      </figcaption>
      {asTable ? (
        <Suspense fallback={<Skeleton className="h-60 w-full" />}>
          <ChartTable
            chart={prepared}
            file={props.file}
            label={`${chart.title} as a table`}
            height={height}
            formatValue={formatValue}
            momentHref={props.momentHref}
            events={chart.annotations}
            eventHref={props.eventHref}
          />
        </Suspense>
      ) : (
        <Drawing {...props} width={width} formatValue={formatValue} />
      )}
      <Footnotes prepared={prepared} coverage={chart.coverage} />
    </figure>
  );
}

/** Units, ticks and their words, for the peak and range of what is drawn. */
function useAxes(prepared: PreparedChart, unit: string, peak: number) {
  const { locale } = useReader();
  const zone = useZone();
  const axis = axisUnit(unit, prepared.peak);
  const yTicks = niceTicks(peak / axis.divisor).map((tick) => tick * axis.divisor);
  const xTicks = timeTicks(prepared.from, prepared.to, zoneOffset(prepared.from, zone));
  const stepMs = xTicks[0]?.stepMs ?? 1;
  return {
    yTicks,
    xTicks: xTicks.map((tick) => tick.at),
    top: yTicks.at(-1) ?? 1,
    formatY: (value: number) => formatTick(value, axis, locale),
    formatX: (at: number) => formatTimeTick(at, stepMs, zone),
    zoneLabel: zoneName(prepared.from, zone),
  };
}

function Drawing(props: ChartFigureProps & { width: number; formatValue: (value: number) => string }) {
  const { chart, prepared, height, stacked, objective, width } = props;
  const isHydrated = useHydrated();
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const [picked, setPicked] = useState<number | null>(null);
  const isWide = width >= WIDE_FROM && prepared.lines.length > 1;
  const box = plotBox(width, height, isWide ? LABEL_GUTTER : BARE_GUTTER);
  const groups = useMemo(() => groupAnnotations(chart.annotations, prepared, box.width), [chart, prepared, box.width]);
  const { top, zoneLabel, ...axes } = useAxes(prepared, chart.unit, Math.max(prepared.peak, objective?.value ?? 0));
  const names = { chart: prepared, hidden, onToggle: (key: string) => setHidden((before) => toggled(before, key)) };
  return (
    <>
      <ZoomLayer
        box={box}
        range={prepared}
        onZoom={props.onZoom}
        onZoomOut={props.onZoomOut}
        onPick={props.momentHref && setPicked}
      >
        <div style={{ height }}>
          {isHydrated && width > 0 && (
            <Suspense fallback={<Skeleton className="h-full w-full" sized />}>
              <TimePlot
                {...axes}
                chart={prepared}
                box={box}
                width={width}
                height={height}
                hidden={hidden}
                stacked={stacked}
                objective={objective}
                isObjectiveNamed={!isWide}
                events={groups}
                syncId={props.syncId}
                name={chart.title}
                tooltip={(row) => (
                  <ChartTip chart={prepared} row={row} hidden={hidden} formatValue={props.formatValue} />
                )}
              />
            </Suspense>
          )}
        </div>
        <span className="absolute start-0 bottom-0 text-xs leading-4 text-fg-3" suppressHydrationWarning>
          {zoneLabel}
        </span>
        {isWide && <LineEndNames {...names} box={box} peak={top} stacked={stacked} objective={objective} />}
      </ZoomLayer>
      <EventMarks groups={groups} box={box} hrefOf={props.eventHref} />
      {!isWide && prepared.lines.length > 1 && <LineLegend {...names} />}
      {picked !== null && props.momentHref && (
        <Picked at={picked} changes={props.momentHref(picked)}>
          {props.explain?.(picked)}
        </Picked>
      )}
    </>
  );
}

/** Where to read on from a moment that was clicked. */
const Picked = ({ at, changes, children }: { at: number; changes: string; children: ReactNode }) => (
  <p className="flex flex-wrap gap-x-4 ps-12 text-sm">
    <TextLink href={changes}>
      Changes before <Time at={new Date(at).toISOString()} as="absolute" />
    </TextLink>
    {children}
  </p>
);

/** What a reader must know before trusting the lines; nothing when there is nothing. */
function Footnotes({ prepared, coverage }: { prepared: PreparedChart; coverage: Chart["coverage"] }) {
  const notes: string[] = [];
  if (coverage !== null && coverage.seen < coverage.of) notes.push(`${coverage.seen} of ${coverage.of} nodes seen`);
  if (prepared.hasThin) notes.push("dotted: fewer than 100 requests");
  if (prepared.leftOut > 0) notes.push(`${prepared.lines.length} of ${prepared.lines.length + prepared.leftOut} drawn`);
  if (notes.length === 0) return null;
  return <p className="mt-1 ps-12 text-xs text-fg-3 first-letter:uppercase">{notes.join(" · ")}</p>;
}
