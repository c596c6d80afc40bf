import type { ReactNode } from "react";
import { Fragment } from "react";
import { cn } from "./cn.ts";

export type KeyValueRow = { label: string; value: ReactNode; hint?: string };

/** Facts of one object, name beside value. A missing value reads "–", never nothing. */
export function KeyValue({ rows, columns = 1 }: { rows: readonly KeyValueRow[]; columns?: 1 | 2 }) {
  return (
    <dl
      className={cn(
        "grid grid-cols-[minmax(96px,auto)_minmax(0,1fr)] items-baseline gap-x-6 gap-y-2 text-sm",
        columns === 2 &&
          "lg:grid-cols-[minmax(96px,auto)_minmax(0,1fr)_minmax(96px,auto)_minmax(0,1fr)] print:grid-cols-[minmax(96px,auto)_minmax(0,1fr)_minmax(96px,auto)_minmax(0,1fr)]",
      )}
    >
      {rows.map((row) => (
        <Fragment key={row.label}>
          <dt className="text-fg-2" title={row.hint}>
            {row.label}
          </dt>
          <dd className="min-w-0 break-words">{row.value ?? <span className="text-fg-3">–</span>}</dd>
        </Fragment>
      ))}
    </dl>
  );
}
