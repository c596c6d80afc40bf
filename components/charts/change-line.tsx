"use client";

import { cn } from "#components/ui/cn.ts";
import { formatUnit, quantityText } from "#components/ui/format.ts";
import { useReader } from "#components/ui/reader.tsx";
import type { Chart } from "#lib/metrics/schema.ts";
import { type Change, changeOf, type Reference } from "./compare-chart.ts";

const TONE: Record<Change["tone"], string> = { good: "text-ok", bad: "text-bad", neutral: "text-fg-2" };

/** "p95 over the whole range: 470 ms, +60 ms against the hour before (410 ms)". */
export function ChangeLine({ chart, reference }: { chart: Chart; reference: Reference }) {
  const { locale } = useReader();
  const text = (value: number) => quantityText(formatUnit(value, chart.unit, locale));
  const change = changeOf(chart, reference.chart);
  if (change === null)
    return <p className="mt-1 ps-12 text-xs text-fg-3">Unknown against {reference.words}: one period has no data.</p>;
  const { label, now, before, tone } = change;
  const sign = now > before ? "+" : "−";
  const size = now === before ? "no change" : `${sign}${text(Math.abs(now - before))}`;
  return (
    <p className="mt-1 ps-12 text-xs text-fg-2">
      {label} over the whole range: {text(now)}, <span className={cn("font-medium", TONE[tone])}>{size}</span> against{" "}
      {reference.words} ({text(before)})
    </p>
  );
}
