"use client";

import PanelRight from "lucide-react/icons/panel-right";
import { useRef } from "react";
import type { ImportRow } from "#lib/registry/browser/import-schema.ts";
import { IconButton, TextLink } from "../../ui/button.tsx";
import { cn } from "../../ui/cn.ts";
import { formatBytes, quantityText } from "../../ui/format.ts";
import { Status } from "../../ui/status.tsx";
import { useOverflowX } from "../../ui/table-behaviour.ts";
import { CheckCell } from "./check-cell.tsx";
import { folderName, GROUPS, reasonOf } from "./row-words.ts";
import { SlugCell } from "./slug-cell.tsx";
import type { EditRow } from "./use-edit-row.ts";

export type RowListProps = {
  rows: readonly ImportRow[];
  /** Why nothing may be changed here; undefined when it may. */
  denied: string | undefined;
  onEdit: EditRow;
  onOpen: (row: ImportRow) => void;
};

const isFixed = (row: ImportRow, denied: string | undefined): boolean =>
  denied !== undefined || row.state === "imported" || row.state === "importing";

const HEAD = "h-(--row) border-b bg-sub px-2 text-start text-xs font-medium text-fg-2 whitespace-nowrap";
const CELL = "h-(--row) px-2 whitespace-nowrap";
const FIRST = "sticky start-0 z-10 border-e px-3";

/** A row a tenant, a cell a group of checks; the first column stays while the rest scrolls sideways. */
export function ImportGrid({ rows, denied, onEdit, onOpen }: RowListProps) {
  const frame = useRef<HTMLDivElement>(null);
  const overflows = useOverflowX(frame);
  return (
    <div
      ref={frame}
      {...(overflows ? { role: "region", tabIndex: 0, "aria-label": "Rows, scroll sideways" } : {})}
      className="overflow-x-auto rounded-card border max-sm:hidden"
    >
      <table aria-label="Rows of the import" className="w-full border-separate border-spacing-0 text-sm">
        <thead>
          <tr>
            <th scope="col" className={cn(HEAD, FIRST)}>
              Tenant
            </th>
            <th scope="col" className={HEAD}>
              Adapter
            </th>
            <th scope="col" className={HEAD}>
              State
            </th>
            {GROUPS.map(({ group, title, about }) => (
              <th key={group} scope="col" title={about} className={HEAD}>
                {title}
              </th>
            ))}
            <th scope="col" className={cn(HEAD, "text-end")}>
              Size
            </th>
            <th scope="col" className={HEAD}>
              <span className="sr-only">Open</span>
            </th>
          </tr>
        </thead>
        {rows.map((row) => (
          <GridRow key={row.id} row={row} denied={denied} onEdit={onEdit} onOpen={onOpen} />
        ))}
      </table>
    </div>
  );
}

function GridRow({ row, denied, onEdit, onOpen }: Omit<RowListProps, "rows"> & { row: ImportRow }) {
  const fixed = isFixed(row, denied);
  const reason = reasonOf(row);
  const line = cn("group-last/row:border-b-0", reason === null && "border-b");
  return (
    <tbody
      data-row={row.tenantSlug}
      data-row-state={row.state}
      className="group/row hover:[&_td]:bg-sub hover:[&_th]:bg-sub"
    >
      <tr>
        <th
          scope="row"
          rowSpan={reason === null ? 1 : 2}
          className={cn(
            CELL,
            FIRST,
            "border-b bg-bg py-1.5 text-start align-top font-normal group-last/row:border-b-0",
          )}
          title={`${row.tenantName} · ${row.location}`}
        >
          <SlugCell
            label={`Tenant slug of row ${row.position}`}
            value={row.tenantSlug}
            isFixed={fixed}
            className="font-medium"
            onSave={(tenantSlug) => onEdit(row, { tenantSlug })}
          />
        </th>
        <td className={cn(CELL, line)}>
          <SlugCell
            label={`Adapter slug of row ${row.position}`}
            value={row.adapterSlug}
            isFixed={fixed}
            onSave={(adapterSlug) => onEdit(row, { adapterSlug })}
          />
        </td>
        <td className={cn(CELL, line)}>
          <RowState row={row} />
        </td>
        {GROUPS.map(({ group }) => (
          <td key={group} className={cn(CELL, line)}>
            <CheckCell cell={row.cells[group]} />
          </td>
        ))}
        <td className={cn(CELL, line, "text-end")}>{sizeText(row)}</td>
        <td className={cn(CELL, line, "text-end")}>
          <OpenRow row={row} onOpen={onOpen} size="sm" />
        </td>
      </tr>
      {reason && (
        <tr data-reason="">
          <td colSpan={GROUPS.length + 4} className="border-b px-2 pb-2 text-xs group-last/row:border-b-0">
            <ReasonText reason={reason} />
          </td>
        </tr>
      )}
    </tbody>
  );
}

function OpenRow({ row, onOpen, size }: Pick<RowListProps, "onOpen"> & { row: ImportRow; size: "sm" | "md" }) {
  return (
    <IconButton label={`Open row ${row.position}, ${row.tenantSlug}`} size={size} onClick={() => onOpen(row)}>
      <PanelRight />
    </IconButton>
  );
}

/** What is wrong, and what to do about it. */
function ReasonText({ reason }: { reason: NonNullable<ReturnType<typeof reasonOf>> }) {
  return (
    <span className="line-clamp-2 whitespace-normal">
      <span className="font-medium">{reason.text}</span>
      {reason.fix && <span className="text-fg-2"> {reason.fix}</span>}
      {reason.more > 0 && <span className="text-fg-3"> And {reason.more} more.</span>}
    </span>
  );
}

/** The state, and once it is imported where to find what came of it. */
function RowState({ row }: { row: ImportRow }) {
  const status = <Status of="import_row" is={row.state} />;
  if (row.versionId === null || row.adapterId === null || row.state !== "imported") return status;
  return (
    <TextLink
      href={`/adapters/${row.adapterId}/versions/${row.versionId}`}
      className="inline-flex min-h-6 items-center"
    >
      {status}
    </TextLink>
  );
}

const sizeText = ({ artifact }: ImportRow): string =>
  artifact === null ? "–" : quantityText(formatBytes(artifact.sizeBytes));

/** The same rows where there is no room for a grid: a card each, what passed left out. */
export function ImportCards({ rows, onOpen }: Omit<RowListProps, "denied" | "onEdit">) {
  return (
    <ul aria-label="Rows of the import" className="divide-y rounded-card border sm:hidden">
      {rows.map((row) => {
        const reason = reasonOf(row);
        const loud = GROUPS.filter(({ group }) => row.cells[group] === "error" || row.cells[group] === "warning");
        return (
          <li key={row.id} data-row={row.tenantSlug} className="flex items-start gap-3 px-4 py-3 text-sm">
            <div className="flex min-w-0 grow flex-col gap-1">
              <p className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1">
                <span className="min-w-0 break-all font-mono text-xs font-medium">
                  {row.tenantSlug}/{row.adapterSlug}
                </span>
                <RowState row={row} />
              </p>
              {reason && <ReasonText reason={reason} />}
              {loud.length > 0 && row.state !== "imported" && (
                <p className="flex flex-wrap gap-x-4 gap-y-1 text-fg-2">
                  {loud.map(({ group, title }) => (
                    <span key={group} className="inline-flex items-center gap-1.5">
                      {title} <CheckCell cell={row.cells[group]} />
                    </span>
                  ))}
                </p>
              )}
              <p className="text-xs text-fg-3">
                {folderName(row.location)} · {sizeText(row)}
              </p>
            </div>
            <OpenRow row={row} onOpen={onOpen} size="md" />
          </li>
        );
      })}
    </ul>
  );
}
