"use client";

import { useState } from "react";
import type { ModuleDiff, VersionDiff } from "#lib/registry/browser/compare-schema.ts";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { cn } from "../../ui/cn.ts";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { formatNumber } from "../../ui/format.ts";

type Names = { a: string; b: string };
const FIRST_ROWS = 12;
/** A bar is full at four times as much, or a quarter. */
const FULL_AT = Math.log(4);

/** How large each module's update is at most, side by side, the most changed first. */
export function NormTable({ diff, names }: { diff: VersionDiff; names: Names }) {
  const [isAll, setAll] = useState(false);
  const { norms } = diff;
  const rows = isAll ? norms : norms.slice(0, FIRST_ROWS);
  const missing = [...(diff.a.hasNorms ? [] : [names.a]), ...(diff.b.hasNorms ? [] : [names.b])];
  return (
    <Card
      title="Size of the update, by module"
      aside="scale × ‖B‖ × ‖A‖, an upper bound for each module's update"
      flush
      footer={
        norms.length > FIRST_ROWS && (
          <Button size="sm" onClick={() => setAll(!isAll)}>
            {isAll ? `Show the ${FIRST_ROWS} most changed` : `Show all ${norms.length} modules`}
          </Button>
        )
      }
    >
      {missing.length > 0 && (
        <p className="px-4 pb-3 text-sm text-fg-2">
          Unknown for {missing.join(" and ")}: its norms were not computed because it never passed the check.
        </p>
      )}
      {norms.length > 0 && (
        <DataTable
          label="Size of the update, by module"
          columns={columnsOf(names)}
          rows={rows}
          rowKey={(row) => row.path}
          total={norms.length}
          flush
          empty={<EmptyState title="No modules" className="py-6" />}
        />
      )}
    </Card>
  );
}

const columnsOf = (names: Names): Column<ModuleDiff>[] => [
  {
    id: "module",
    header: "Module",
    cell: (row) => (
      <code title={row.path} className="font-mono text-xs">
        {row.module}
      </code>
    ),
  },
  { id: "layer", header: "Layer", align: "end", cell: (row) => row.layer ?? "–" },
  {
    id: "change",
    header: `${names.b} over ${names.a}`,
    width: "w-full",
    cell: (row) => <Ratio row={row} names={names} />,
  },
  { id: "a", header: names.a, align: "end", hideBelow: "sm", cell: ({ a }) => <Bound side={a} /> },
  { id: "b", header: names.b, align: "end", hideBelow: "sm", cell: ({ b }) => <Bound side={b} /> },
];

function Bound({ side }: { side: ModuleDiff["a"] }) {
  if (side === null) return <span className="text-fg-3">–</span>;
  const title = `‖A‖ ${formatNumber(side.normA)}, ‖B‖ ${formatNumber(side.normB)}`;
  return <span title={title}>{side.bound === null ? "Unknown" : formatNumber(side.bound)}</span>;
}

/** The ratio, and a bar from the middle: to the right it grew, to the left it shrank, each on a logarithmic scale. */
function Ratio({ row: { a, b, ratio }, names }: { row: ModuleDiff; names: Names }) {
  if (a === null) return `Only in ${names.b}`;
  if (b === null) return `Only in ${names.a}`;
  if (ratio === null)
    return <span className="text-fg-3">{a.bound === 0 ? `${names.a} is zero there` : "Unknown"}</span>;
  const share = ratio === 0 ? -1 : Math.max(-1, Math.min(1, Math.log(ratio) / FULL_AT));
  const width = `${Math.abs(share) * 50}%`;
  return (
    <span className="flex items-center gap-3">
      <span className="w-16 shrink-0 tabular-nums">{formatNumber(ratio)} ×</span>
      <span
        aria-hidden="true"
        className="relative h-2 w-40 max-w-full overflow-hidden rounded-full bg-off-tint max-sm:hidden"
      >
        <span className="absolute inset-y-0 start-1/2 w-px bg-line-control" />
        <span className={cn("absolute inset-y-0 bg-accent", share < 0 ? "end-1/2" : "start-1/2")} style={{ width }} />
      </span>
    </span>
  );
}
