"use client";

import type { ReactNode } from "react";
import { useId, useRef } from "react";
import type { Problem } from "#lib/http/schema.ts";
import { Button } from "./button.tsx";
import { cn } from "./cn.ts";
import { ErrorState } from "./error-state.tsx";
import { formatCount } from "./format.ts";
import { useReader } from "./reader.tsx";
import { useOverflowX, useRowKeys } from "./table-behaviour.ts";
import { BodyRow, type Column, HeadCell, SkeletonRows, type Sort } from "./table-parts.tsx";
import { SelectCell, SelectHead, SelectionBar, type TableSelection } from "./table-selection.tsx";

export type { Column } from "./table-parts.tsx";

type DataTableProps<Row extends object> = {
  /** Names the table for screen readers. */
  label: string;
  columns: readonly Column<Row>[];
  /** Undefined while the first page is on its way. */
  rows: readonly Row[] | undefined;
  rowKey: (row: Row) => string;
  /** Where the row leads; the first column becomes a link that covers the row (`row-action` lifts others above it). */
  rowHref?: (row: Row) => string | undefined;
  /** "bad" tints a row that failed. */
  rowTone?: (row: Row) => "bad" | undefined;
  /** The row shown in a peek panel. */
  selectedKey?: string | null;
  problem?: Problem | null;
  onRetry?: () => void;
  /** `<EmptyState>` with the first action. */
  empty: ReactNode;
  sort?: Sort | null;
  onSort?: (sort: Sort) => void;
  /** A next cursor exists. */
  hasMore?: boolean;
  onLoadMore?: () => void;
  loadingMore?: boolean;
  /** All there are, if the server counted. */
  total?: number | null;
  /** Greys the figures; see `useStale`. */
  stale?: boolean;
  /** Inside a `Card flush`, whose border it shares. */
  flush?: boolean;
  /** Rows the placeholder draws: what the page usually holds. */
  expectedRows?: number;
  /** Rows can be chosen for an action on many. */
  select?: TableSelection<Row>;
};

/** A table over a server's list: it draws what it is given and reports what was asked; URL and query hold the state. */
export function DataTable<Row extends object>(props: DataTableProps<Row>) {
  const { label, columns, rows, rowKey, rowHref, selectedKey, stale, problem, select, flush = false } = props;
  const frame = useRef<HTMLDivElement>(null);
  const overflows = useOverflowX(frame);
  const { preferences } = useReader();
  useRowKeys(frame, preferences.shortcuts);
  const isEmpty = rows !== undefined && rows.length === 0;
  const isPending = rows === undefined && !problem;

  return (
    <div className="flex flex-col gap-2" data-pending={isPending ? "" : undefined}>
      <div
        ref={frame}
        // A table that scrolls sideways must be reachable by keyboard, also when none of its cells is.
        {...(overflows ? { role: "region", tabIndex: 0, "aria-label": `${label}, scrolls sideways` } : {})}
        data-table=""
        data-stale={stale || undefined}
        data-scrolls={overflows || undefined}
        data-flush={flush || undefined}
        aria-busy={isPending ? true : undefined}
        className={cn("group/table", flush ? "border-t" : "rounded-card border", overflows && "overflow-x-auto")}
      >
        <table aria-label={label} className="w-full border-separate border-spacing-0 text-sm">
          <TableHead {...props} isPending={isPending} />
          <tbody>
            {rows?.map((row) => {
              const id = rowKey(row);
              return (
                <BodyRow
                  key={id}
                  columns={columns}
                  row={row}
                  href={rowHref?.(row)}
                  tone={props.rowTone?.(row)}
                  isSelected={id === selectedKey}
                  lead={select && <SelectCell select={select} id={id} row={row} />}
                />
              );
            })}
            {isPending && (
              <SkeletonRows columns={columns} count={props.expectedRows ?? 8} hasLead={select !== undefined} />
            )}
          </tbody>
        </table>
        {problem && rows === undefined && <ErrorState problem={problem} onRetry={props.onRetry} />}
        {isEmpty && props.empty}
      </div>
      {problem && rows !== undefined && <ErrorState problem={problem} onRetry={props.onRetry} size="inline" />}
      {rows !== undefined && rows.length > 0 && <TableFoot {...props} shown={rows.length} />}
      {select && <SelectionBar select={select} shown={rows?.length ?? 0} total={props.total ?? null} />}
    </div>
  );
}

function TableHead<Row extends object>({
  columns,
  rows = [],
  rowKey,
  sort,
  onSort,
  select,
  isPending,
}: DataTableProps<Row> & { isPending: boolean }) {
  return (
    // its columns are only as wide as they stay once there are rows
    <thead className={isPending ? "invisible" : undefined}>
      <tr>
        {select && <SelectHead select={select} keys={rows.map(rowKey)} />}
        {columns.map((column) => {
          const sorted = sort?.id === column.id ? sort.direction : false;
          const reverse = sorted === "asc" ? "desc" : "asc";
          return (
            <HeadCell
              key={column.id}
              column={column}
              sorted={sorted}
              onSort={column.sortable && onSort ? () => onSort({ id: column.id, direction: reverse }) : undefined}
            />
          );
        })}
      </tr>
    </thead>
  );
}

function TableFoot<Row extends object>({
  shown,
  total,
  hasMore = false,
  onLoadMore,
  loadingMore = false,
  flush = false,
}: DataTableProps<Row> & { shown: number }) {
  const { locale } = useReader();
  const countId = useId();
  const count = formatCount(shown, locale);
  const of = typeof total === "number" ? ` of ${formatCount(total, locale)}` : hasMore ? "+" : "";
  return (
    <div className={cn("flex min-h-8 items-center gap-3 text-xs text-fg-3", flush && "px-4 pb-2")}>
      <span id={countId} role="status">
        {count}
        {of} {total === 1 || (shown === 1 && of === "") ? "row" : "rows"}
      </span>
      {hasMore && onLoadMore && (
        <Button size="sm" pending={loadingMore} onClick={onLoadMore} aria-describedby={countId}>
          Load more
        </Button>
      )}
    </div>
  );
}
