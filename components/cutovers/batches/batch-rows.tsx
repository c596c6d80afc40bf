"use client";

import type { BatchRow } from "#lib/cutover/browser/batch-schema.ts";
import { Card } from "../../ui/card.tsx";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { Status } from "../../ui/status.tsx";
import { Time } from "../../ui/time.tsx";
import { ROW_GROUPS } from "./batch-words.ts";

/** The rows by where they stand: what failed first. */
export function BatchRows({ rows }: { rows: readonly BatchRow[] }) {
  return (
    <>
      {ROW_GROUPS.map(({ state, title }) => {
        const group = rows.filter((row) => row.state === state);
        return group.length === 0 ? null : (
          <Card key={state} flush title={title} aside={group.length}>
            <DataTable
              flush
              label={`${title} rows`}
              columns={COLUMNS}
              rows={group}
              rowKey={(row) => String(row.position)}
              rowHref={hrefOf}
              empty={<EmptyState title="None">No rows in this group.</EmptyState>}
            />
          </Card>
        );
      })}
    </>
  );
}

const hrefOf = ({ cutoverId, adapterId, toVersionId }: BatchRow): string =>
  cutoverId ? `/cutovers/${cutoverId}` : `/adapters/${adapterId}/versions/${toVersionId}/gate`;

const COLUMNS: readonly Column<BatchRow>[] = [
  { id: "what", header: "Version", width: "min-w-56", cell: (row) => row.label },
  { id: "state", header: "State", width: "min-w-36", cell: (row) => <RowStatus row={row} /> },
  {
    id: "why",
    header: "Why",
    width: "w-full",
    truncate: true,
    hideBelow: "sm",
    cell: (row) => [row.reason, row.fix].filter(Boolean).join(" ") || "–",
  },
  { id: "at", header: "Since", width: "min-w-28", hideBelow: "md", cell: (row) => <Since row={row} /> },
];

/** While it is under way, where its cutover stands. */
function RowStatus({ row: { state, phase } }: { row: BatchRow }) {
  return state === "running" && phase !== null ? (
    <Status of="cutover" is={phase} />
  ) : (
    <Status of="batch_row" is={state} />
  );
}

function Since({ row: { startedAt, endedAt } }: { row: BatchRow }) {
  const at = endedAt ?? startedAt;
  return at ? <Time at={at} /> : "–";
}
