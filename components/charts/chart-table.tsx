"use client";

import { useMemo } from "react";
import { TextLink } from "#components/ui/button.tsx";
import { DownloadLink } from "#components/ui/download-link.tsx";
import { boundedText, THIN_SPACE } from "#components/ui/format.ts";
import { ScrollRegion } from "#components/ui/scroll-region.tsx";
import { Time } from "#components/ui/time.tsx";
import type { Bound } from "#lib/http/schema.ts";
import type { Annotation } from "#lib/metrics/schema.ts";
import type { ChartFile } from "./chart-links.ts";
import { eventsByRow } from "./group-annotations.ts";
import { mostRelevant } from "./most-relevant.ts";
import type { PreparedChart } from "./prepare-series.ts";

type Props = {
  chart: PreparedChart;
  label: string;
  height: number;
  formatValue: (value: number) => string;
  /** What led up to a moment. */
  momentHref: ((at: number) => string) | undefined;
  events: readonly Annotation[];
  eventHref: ((event: Annotation) => string | undefined) | undefined;
};

/** The same data as rows, and the way to take them along. */
export function ChartTable({ file, ...rows }: Props & { file: ChartFile | undefined }) {
  return (
    <>
      {file && (
        <DownloadLink href={file.href} name={file.name}>
          Download CSV
        </DownloadLink>
      )}
      <Rows {...rows} />
    </>
  );
}

/** Newest first. */
function Rows({ chart, label, height, formatValue, momentHref, events, eventHref }: Props) {
  const marks = useMemo(() => eventsByRow(events, chart), [events, chart]);
  return (
    <ScrollRegion label={label} className="overflow-auto" style={{ maxHeight: Math.max(height, 240) }}>
      <table className="w-full border-separate border-spacing-0 text-sm">
        <thead>
          <tr>
            <th
              scope="col"
              className="sticky top-0 h-(--row) border-b bg-bg pe-3 text-start text-xs font-medium text-fg-2"
            >
              Until
            </th>
            {chart.lines.map((line) => (
              <th
                key={line.key}
                scope="col"
                className="sticky top-0 h-(--row) border-b bg-bg px-3 text-end text-xs font-medium text-fg-2"
              >
                {line.label}
              </th>
            ))}
            {marks.size > 0 && (
              <th
                scope="col"
                className="sticky top-0 h-(--row) min-w-48 border-b bg-bg px-3 text-start text-xs font-medium text-fg-2"
              >
                Events
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {chart.rows.toReversed().map((row) => (
            <tr key={row.at}>
              <th scope="row" className="h-7 border-b pe-3 text-start font-normal whitespace-nowrap text-fg-2">
                <Moment at={row.at} href={momentHref?.(row.at)} />
              </th>
              {chart.lines.map((line, index) => (
                <td key={line.key} className="h-7 border-b px-3 text-end whitespace-nowrap">
                  <TableValue
                    value={row.values[index] ?? null}
                    bound={row.bounds[index] ?? null}
                    isThin={row.isThin[index] ?? false}
                    format={formatValue}
                  />
                </td>
              ))}
              {marks.size > 0 && (
                <td className="border-b px-3 py-1 text-start">
                  <Events of={marks.get(row.at) ?? []} hrefOf={eventHref} />
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}

function Moment({ at, href }: { at: number; href: string | undefined }) {
  const time = <Time at={new Date(at).toISOString()} as="absolute" />;
  if (href === undefined) return time;
  return (
    <TextLink href={href}>
      {time}
      <span className="sr-only">: changes before this</span>
    </TextLink>
  );
}

/** More than these of one step are counted only. */
const MAX_EVENTS = 5;

function Events({ of, hrefOf }: { of: readonly Annotation[]; hrefOf: Props["eventHref"] }) {
  if (of.length === 0) return null;
  return (
    <ul>
      {mostRelevant(of, MAX_EVENTS).map((event) => {
        const href = hrefOf?.(event);
        return (
          <li key={event.id}>{href === undefined ? event.title : <TextLink href={href}>{event.title}</TextLink>}</li>
        );
      })}
      {of.length > MAX_EVENTS && <li className="text-fg-3">and {of.length - MAX_EVENTS} more</li>}
    </ul>
  );
}

function TableValue({
  value,
  bound,
  isThin,
  format,
}: {
  value: number | null;
  bound: Bound | null;
  isThin: boolean;
  format: (value: number) => string;
}) {
  if (value === null) return <span className="text-fg-3">Unknown</span>;
  return (
    <>
      {boundedText(format(value), bound)}
      {isThin && (
        <abbr title="fewer than 100 requests" className="text-fg-3 no-underline">
          {THIN_SPACE}*
        </abbr>
      )}
    </>
  );
}
