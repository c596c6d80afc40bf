"use client";

import Link from "next/link";
import type { ReactNode } from "react";
import { cn } from "./cn.ts";
import { Skeleton } from "./skeleton.tsx";

export type Column<Row> = {
  id: string;
  header: string;
  /** Never empty: "–" where it does not apply, "Unknown" where it could not be seen. */
  cell: (row: Row) => ReactNode;
  /** Numbers stand at the end, under their header. */
  align?: "start" | "end";
  /** A mark or hint after the header's word. */
  headerMark?: ReactNode;
  sortable?: boolean;
  /** Left out on narrower screens. */
  hideBelow?: "sm" | "md" | "lg" | "xl";
  /** On narrower screens it stands with its header under the row's name instead of in a column of its own. */
  foldBelow?: "sm" | "md" | "lg";
  /** Width classes, such as "w-40". */
  width?: string;
  /**
   * May be cut with "…" when the row is short of room; give it `width: "w-full"` in the widest column. On phones it takes
   * more lines instead.
   */
  truncate?: boolean;
};

export type Sort = { id: string; direction: "asc" | "desc" };

const HIDE = { sm: "max-sm:hidden", md: "max-md:hidden", lg: "max-lg:hidden", xl: "max-xl:hidden" } as const;

const SHOW = { sm: "sm:hidden", md: "md:hidden", lg: "lg:hidden" } as const;

const hiddenBelow = <Row,>({ hideBelow, foldBelow }: Column<Row>) => hideBelow ?? foldBelow;

const cellClass = <Row,>(column: Column<Row>, isHead: boolean): string => {
  const below = hiddenBelow(column);
  return cn(
    "px-3 max-sm:px-2 max-sm:first:ps-3 max-sm:last:pe-3",
    column.truncate && !isHead ? "max-sm:break-words sm:max-w-0 sm:truncate" : "whitespace-nowrap",
    column.align === "end" ? "text-end" : "text-start",
    below && HIDE[below],
    isHead && cn(column.width, column.truncate && "min-w-28"),
  );
};

/** One header cell: its word, its sort button, its mark. */
export function HeadCell<Row>({
  column,
  sorted,
  onSort,
}: {
  column: Column<Row>;
  sorted: false | Sort["direction"];
  /** Undefined = this column cannot be sorted by. */
  onSort: (() => void) | undefined;
}) {
  return (
    <th
      scope="col"
      aria-sort={sorted === false ? undefined : sorted === "asc" ? "ascending" : "descending"}
      className={cn(
        "sticky top-[calc(var(--top-bar)+var(--strip))] z-10 h-(--row) border-b bg-sub text-xs font-medium text-fg-2",
        // A frame that scrolls sideways would hold the bar's offset inside itself, over its own rows.
        "group-data-scrolls/table:static",
        "first:rounded-ss-[7px] last:rounded-se-[7px] group-data-flush/table:rounded-none",
        cellClass(column, true),
      )}
    >
      {onSort ? (
        <SortButton label={column.header} sorted={sorted} alignEnd={column.align === "end"} onClick={onSort} />
      ) : (
        column.header
      )}
      {column.headerMark}
    </th>
  );
}

/** A row of the body. */
export function BodyRow<Row>({
  columns,
  row,
  href,
  tone,
  isSelected,
  lead,
}: {
  columns: readonly Column<Row>[];
  row: Row;
  href: string | undefined;
  tone?: "bad" | undefined;
  isSelected: boolean;
  /** A cell before the row's header. */
  lead?: ReactNode;
}) {
  return (
    <tr
      data-selected={isSelected || undefined}
      data-tone={tone}
      className="group relative transition-colors duration-80 hover:bg-sub data-[tone=bad]:bg-bad-tint data-selected:bg-busy-tint [&:last-child>td]:border-b-0 [&:last-child>th]:border-b-0"
    >
      {lead}
      {columns.map((column, index) => (
        <BodyCell
          key={column.id}
          column={column}
          isFirst={index === 0}
          href={index === 0 ? href : undefined}
          folded={index === 0 && <Folded columns={columns} row={row} />}
        >
          {column.cell(row)}
        </BodyCell>
      ))}
    </tr>
  );
}

/** What has no column of its own on a narrow screen, under the row's name. */
function Folded<Row>({ columns, row }: { columns: readonly Column<Row>[]; row: Row }) {
  return columns.map(
    ({ id, header, foldBelow, cell }) =>
      foldBelow && (
        <span key={id} className={cn("block text-xs font-normal whitespace-normal text-fg-2", SHOW[foldBelow])}>
          {header}: {cell(row)}
        </span>
      ),
  );
}

/**
 * A cell of the body; the first of a row is its header and, with `href`, the link that covers it. Such a link is as wide as its
 * cell where its text may be cut: an inline one reaches on under the row's other targets, unseen, and counts as in their way.
 */
function BodyCell<Row>({
  column,
  isFirst,
  href,
  folded,
  children,
}: {
  column: Column<Row>;
  isFirst: boolean;
  href: string | undefined;
  /** Below the first cell's own content. */
  folded: ReactNode;
  children: ReactNode;
}) {
  const className = cn("h-(--row) border-b py-0 max-sm:py-1", cellClass(column, false));
  const title = column.truncate && typeof children === "string" ? children : undefined; // the whole of what may be cut
  if (!isFirst)
    return (
      <td className={className} title={title}>
        {title === undefined ? children : <span className="max-sm:line-clamp-3">{title}</span>}
      </td>
    );
  return (
    <th scope="row" title={title} className={cn(className, "font-medium")}>
      {href === undefined ? (
        children
      ) : (
        <Link href={href} prefetch={false} className={cn("row-link", column.truncate && "block sm:truncate")}>
          {children}
        </Link>
      )}
      {folded}
    </th>
  );
}

function SortButton({
  label,
  sorted,
  alignEnd,
  onClick,
}: {
  label: string;
  sorted: false | "asc" | "desc";
  alignEnd: boolean;
  onClick: () => void;
}) {
  return (
    <button
      type="button"
      onClick={onClick}
      className={cn(
        "group/sort inline-flex h-6 items-center gap-1 rounded-control font-medium hover:text-fg",
        alignEnd && "flex-row-reverse",
        sorted !== false && "text-fg",
      )}
    >
      {label}
      <svg
        viewBox="0 0 8 8"
        aria-hidden="true"
        className={cn(
          "size-2 transition-opacity duration-80",
          sorted === false && "opacity-0 group-hover/sort:opacity-60 group-focus-visible/sort:opacity-60",
          sorted === "desc" && "rotate-180",
        )}
      >
        <path d="M4 1 7.5 7h-7Z" fill="currentColor" />
      </svg>
    </button>
  );
}

const SKELETON_WIDTHS = ["w-32", "w-16", "w-24", "w-12", "w-20"];

/** Rows in the size of those to come. */
export function SkeletonRows<Row>({
  columns,
  count,
  hasLead = false,
}: {
  columns: readonly Column<Row>[];
  count: number;
  hasLead?: boolean;
}) {
  const shape = columns.map(({ id }) => id).join(" "); // other columns are other placeholders: none of them moves
  return Array.from({ length: count }, (_, row) => `${shape} ${row}`).map((key, row) => (
    <tr key={key}>
      {hasLead && <td className="h-(--row) w-10 border-b" />}
      {columns.map((column, index) => (
        <td key={column.id} className={cn("h-(--row) border-b", cellClass(column, false))}>
          <Skeleton
            sized
            className={cn(
              "inline-block h-3 align-middle",
              SKELETON_WIDTHS[index === 0 ? 0 : (row + index) % SKELETON_WIDTHS.length],
            )}
          />
        </td>
      ))}
    </tr>
  ));
}
