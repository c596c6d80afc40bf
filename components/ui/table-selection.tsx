"use client";

import type { ReactNode } from "react";
import { Button } from "./button.tsx";
import { cn } from "./cn.ts";
import { formatCount } from "./format.ts";
import { useReader } from "./reader.tsx";
import { Checkbox } from "./toggle.tsx";
import type { Selection } from "./use-selection.ts";

export type TableSelection<Row> = {
  selection: Selection;
  /** Names a row for screen readers, as in "Select acme". */
  nameOf: (row: Row) => string;
  /** Buttons of the bar, such as "Stage". */
  actions: ReactNode;
};

const CELL = "w-10 border-b ps-3 pe-0 text-start";

/** The header's box: every row on the page, some of them, or none. */
export function SelectHead<Row>({ select, keys }: { select: TableSelection<Row>; keys: readonly string[] }) {
  const { keys: chosen, isAll, set } = select.selection;
  const count = keys.filter((key) => chosen.has(key)).length;
  const isWhole = isAll || (keys.length > 0 && count === keys.length);
  return (
    <th
      scope="col"
      className={cn(
        CELL,
        "sticky top-[calc(var(--top-bar)+var(--strip))] z-10 h-(--row) bg-sub group-data-scrolls/table:static",
        "first:rounded-ss-[7px] group-data-flush/table:rounded-none",
      )}
    >
      <Checkbox
        className="align-middle"
        label={<span className="sr-only">Select every row on this page</span>}
        checked={isWhole}
        isPartly={!isWhole && count > 0}
        disabled={keys.length === 0}
        onChange={(event) => set(keys, event.target.checked)}
      />
    </th>
  );
}

/** A row's box; `x` presses it while the row has the focus. */
export function SelectCell<Row>({ select, id, row }: { select: TableSelection<Row>; id: string; row: Row }) {
  const { keys, isAll, set } = select.selection;
  return (
    <td className={cn(CELL, "h-(--row)")}>
      <Checkbox
        className="row-action align-middle"
        label={<span className="sr-only">Select {select.nameOf(row)}</span>}
        data-select=""
        checked={isAll || keys.has(id)}
        onChange={(event) => set([id], event.target.checked)}
      />
    </td>
  );
}

/** What is chosen and what can be done with it; it stays at the foot of the screen while the list is longer. */
export function SelectionBar<Row>({
  select,
  shown,
  total,
}: {
  select: TableSelection<Row>;
  shown: number;
  total: number | null;
}) {
  const { locale } = useReader();
  const { keys, isAll, setAll, clear } = select.selection;
  const count = isAll ? (total ?? shown) : keys.size;
  const words =
    count === 0 ? "" : isAll ? `All ${formatCount(count, locale)} selected` : `${formatCount(count, locale)} selected`;
  const canTakeAll = !isAll && total !== null && count < total && count >= Math.min(shown, total);
  return (
    <>
      <span role="status" className="sr-only">
        {words || "Nothing selected"}
      </span>
      {count > 0 && (
        <section
          aria-label="Selection"
          className="sticky bottom-3 z-20 flex flex-wrap items-center gap-x-3 gap-y-2 rounded-card border bg-raised px-4 py-2.5 shadow-float"
        >
          <span aria-hidden="true" className="text-sm font-medium tabular-nums">
            {words}
          </span>
          {canTakeAll && (
            <Button size="sm" variant="ghost" onClick={setAll}>
              Select all {formatCount(total, locale)} that match
            </Button>
          )}
          <Button size="sm" variant="ghost" onClick={clear}>
            Clear
          </Button>
          <span className="ms-auto flex flex-wrap items-center gap-2 max-sm:w-full">{select.actions}</span>
        </section>
      )}
    </>
  );
}
