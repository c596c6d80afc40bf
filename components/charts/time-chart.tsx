"use client";

import MoreHorizontal from "lucide-react/icons/ellipsis";
import type { ReactNode } from "react";
import { useMemo, useState } from "react";
import { AsOf, useStale } from "#components/ui/as-of.tsx";
import { buttonClass } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { THIN_SPACE } from "#components/ui/format.ts";
import { Menu, type MenuItem } from "#components/ui/menu.tsx";
import { ProvenanceMark } from "#components/ui/provenance.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { notify } from "#components/ui/toast.tsx";
import type { Problem } from "#lib/http/schema.ts";
import type { Annotation, Chart } from "#lib/metrics/schema.ts";
import { axisUnit } from "./axis.ts";
import { ChangeLine } from "./change-line.tsx";
import { ChartFigure } from "./chart-figure.tsx";
import type { ChartFile } from "./chart-links.ts";
import { type Reference, withReference } from "./compare-chart.ts";
import { type PreparedChart, prepareSeries } from "./prepare-series.ts";

const HEIGHT = { small: 120, card: 240, focus: 420 } as const;

/** Where to read on from what a chart shows. */
export type ChartLink = { label: string; href: string };

export type TimeChartProps = {
  links?: ((chart: Chart) => readonly ChartLink[]) | undefined;
  /** What the API answered; undefined while it is on its way. */
  chart: Chart | undefined;
  file: ChartFile | undefined;
  /** Stands while there is no chart to name itself. */
  title: string;
  problem?: Problem | null;
  onRetry?: () => void;
  size?: keyof typeof HEIGHT;
  /** Shares and tiers: areas on top of each other, in the order of the series. */
  stacked?: boolean;
  /** In the chart's unit; drawn as a line with the area above it tinted. */
  objective?: { value: number; label: string } | null;
  /** How often new data comes; three misses make it stale. Leave out for a range that does not end now. */
  intervalMs?: number;
  /** What to do to see something, for the empty chart. */
  emptyHint?: ReactNode;
  /** Charts of one id share the crosshair. */
  syncId?: string;
  onZoom?: (range: { from: number; to: number }) => void;
  onZoomOut?: () => void;
  eventHref?: (event: Annotation) => string | undefined;
  /** What led up to a moment of the chart. */
  momentHref?: (at: number) => string;
  /** What else is known of a moment that was clicked. */
  explain?: (at: number) => ReactNode;
  /** The same over the period before: its main line is drawn too, and the change is told. */
  reference?: Reference | undefined;
  /** Computation behind the figure, for the source panel. */
  formula?: ReactNode;
  level?: 2 | 3;
  className?: string;
};

/** A chart with all that must stand around it: unit, source, freshness, coverage, its table, and what went wrong. */
export function TimeChart(props: TimeChartProps) {
  const { chart, title, problem, onRetry, size = "card", stacked = false, intervalMs, level, reference } = props;
  const [asTable, setAsTable] = useState(false);
  const prepared = useMemo(() => {
    if (chart === undefined) return undefined;
    return prepareSeries(reference && !stacked ? withReference(chart, reference) : chart, stacked);
  }, [chart, stacked, reference]);
  const isStale = useStale(intervalMs === undefined ? null : chart?.asOf, intervalMs ?? Number.POSITIVE_INFINITY);
  const height = HEIGHT[size];
  return (
    <Card
      level={level}
      className={props.className}
      stale={isStale}
      title={<ChartTitle title={chart?.title ?? title} chart={chart} prepared={prepared} formula={props.formula} />}
      aside={
        chart && intervalMs !== undefined && !prepared?.isEmpty && <AsOf at={chart.asOf} intervalMs={intervalMs} />
      }
      actions={
        chart && prepared && !prepared.isEmpty ? (
          <ChartMenu {...props} chart={chart} asTable={asTable} onTable={setAsTable} />
        ) : (
          <span className="h-7" />
        )
      }
    >
      {problem && chart === undefined && <ErrorState problem={problem} onRetry={onRetry} />}
      {chart === undefined && !problem && <ChartSkeleton height={height} title={title} />}
      {problem && chart !== undefined && (
        <div className="mb-2">
          <ErrorState problem={problem} onRetry={onRetry} size="inline" />
        </div>
      )}
      {chart && prepared?.isEmpty && (
        <EmptyChart height={height} note={chart.note} hint={props.emptyHint} coverage={chart.coverage} />
      )}
      {chart && prepared && !prepared.isEmpty && (
        <ChartFigure
          chart={chart}
          prepared={prepared}
          height={height}
          stacked={stacked}
          asTable={asTable}
          file={props.file}
          objective={props.objective ?? null}
          syncId={props.syncId}
          onZoom={props.onZoom}
          onZoomOut={props.onZoomOut}
          eventHref={props.eventHref}
          momentHref={props.momentHref}
          explain={props.explain}
        />
      )}
      {chart && reference && <ChangeLine chart={chart} reference={reference} />}
    </Card>
  );
}

function ChartTitle({
  title,
  chart,
  prepared,
  formula,
}: {
  title: string;
  chart: Chart | undefined;
  prepared: PreparedChart | undefined;
  formula: ReactNode;
}) {
  const unit = chart && prepared ? axisUnit(chart.unit, prepared.peak).label : "";
  return (
    <>
      {title}
      {unit !== "" && <span className="text-md font-normal text-fg-2">, {unit}</span>}
      {chart && (
        <span className="font-normal">
          {THIN_SPACE}
          <ProvenanceMark
            origin={chart}
            formula={formula}
            note={[chart.note, chart.secondSource].filter(Boolean).join(" ")}
          />
        </span>
      )}
    </>
  );
}

function ChartMenu({
  chart,
  file,
  asTable,
  onTable,
  links,
}: Pick<TimeChartProps, "file" | "links"> & {
  chart: Chart;
  asTable: boolean;
  onTable: (asTable: boolean) => void;
}) {
  const download = ({ href, name }: ChartFile) =>
    Object.assign(document.createElement("a"), { href, download: name }).click();
  const copyLink = () => {
    const refused = () => notify({ title: "The browser blocked copying", tone: "warn" });
    if (navigator.clipboard === undefined) return refused();
    navigator.clipboard
      .writeText(window.location.href)
      .then(() => notify({ title: "Link copied", tone: "ok" }), refused);
  };
  const further = links?.(chart) ?? [];
  const items: MenuItem[] = [
    { kind: "action", label: asTable ? "Show as chart" : "Show as table", onSelect: () => onTable(!asTable) },
    ...(file ? [{ kind: "action" as const, label: "Download CSV", onSelect: () => download(file) }] : []),
    { kind: "action", label: "Copy link to this view", onSelect: copyLink },
    ...(further.length === 0 ? [] : [{ kind: "separator" as const }]),
    ...further.map((link) => ({ kind: "link" as const, ...link })),
  ];
  return (
    <Menu
      label={`Options for ${chart.title}`}
      items={items}
      trigger={(trigger) => (
        <button
          type="button"
          {...trigger}
          aria-label={`Options for ${chart.title}`}
          className={buttonClass("ghost", "sm", true)}
        >
          <MoreHorizontal />
        </button>
      )}
    />
  );
}

function ChartSkeleton({ height, title }: { height: number; title: string }) {
  return (
    <div aria-busy="true" style={{ height: height + 24 }}>
      <span className="sr-only">{title} is loading</span>
      <Skeleton className="h-full w-full" sized />
    </div>
  );
}

function EmptyChart({
  height,
  note,
  hint,
  coverage,
}: {
  height: number;
  note: string | null;
  hint: ReactNode;
  coverage: Chart["coverage"];
}) {
  const isBlind = coverage !== null && coverage.of > 0 && coverage.seen === 0;
  return (
    <div className="hatch flex items-center justify-center rounded-control" style={{ height: height + 24 }}>
      <div className="max-w-100 rounded-control bg-bg px-3 py-2 text-center text-md">
        <p className="font-medium">{isBlind ? "Unknown: no node could be scraped" : "No data in this range"}</p>
        {(note || hint) && <p className="mt-0.5 text-sm text-fg-2">{note ?? hint}</p>}
      </div>
    </div>
  );
}
