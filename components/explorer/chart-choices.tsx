"use client";

import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/toggle.tsx";
import { type ChartMetric, titleOfChart } from "#lib/metrics/browser/chart-metrics.ts";
import { MOST_CHARTS, NODE_METRICS, REQUEST_METRICS, withChart } from "./metrics.ts";

export type ChartPickerProps = {
  charts: readonly ChartMetric[];
  /** Those that the scope has figures of. */
  known: readonly ChartMetric[];
  isUsual: boolean;
  /** null = the usual ones again. */
  onChange: (charts: readonly ChartMetric[] | null) => void;
};

/** The charts to choose from: at most six stand, for each is read every ten seconds. */
export function ChartChoices({ charts, known, isUsual, onChange }: ChartPickerProps) {
  const group = (title: string, metrics: readonly ChartMetric[]) => (
    <fieldset className="flex flex-col">
      <legend className="mb-1 font-medium">{title}</legend>
      {metrics.map((metric) => (
        <Checkbox
          key={metric}
          label={titleOfChart(metric)}
          checked={charts.includes(metric)}
          disabled={isFixed(metric, charts, known)}
          onChange={(event) => onChange(withChart(charts, metric, event.target.checked))}
        />
      ))}
    </fieldset>
  );
  return (
    <div className="flex flex-col gap-3">
      {group("Requests", REQUEST_METRICS)}
      {group("Nodes", NODE_METRICS)}
      <p className="text-xs text-fg-3">
        {known.length < REQUEST_METRICS.length + NODE_METRICS.length
          ? "Engines do not report per tenant. Node metrics are available only without a tenant filter."
          : `At most ${MOST_CHARTS} at a time, because each refreshes every 10 s.`}
      </p>
      <Button
        size="sm"
        disabledReason={isUsual ? "The default charts are already shown." : undefined}
        onClick={() => onChange(null)}
      >
        Show default charts
      </Button>
    </div>
  );
}

/** What cannot be drawn, would be one too many, or is the only one left. */
const isFixed = (metric: ChartMetric, charts: readonly ChartMetric[], known: readonly ChartMetric[]): boolean =>
  charts.includes(metric) ? charts.length === 1 : !known.includes(metric) || charts.length >= MOST_CHARTS;
