import type { ReactNode } from "react";

export type RuleRow = { key: string; label: ReactNode; value: ReactNode; why: ReactNode };

/** Rules side by side with their reasons; on a narrow screen one below the other. */
export function RuleList({ rows, flush = false }: { rows: readonly RuleRow[]; flush?: boolean }) {
  return (
    <dl className="flex flex-col divide-y border-t">
      {rows.map(({ key, label, value, why }) => (
        <div
          key={key}
          data-rule={key}
          className={`grid grid-cols-[minmax(0,1fr)] gap-x-6 gap-y-1 py-2.5 text-sm md:grid-cols-[200px_minmax(0,1fr)_minmax(0,1fr)] ${flush ? "px-4" : ""}`}
        >
          <dt className="min-w-0 text-fg-2 [overflow-wrap:anywhere]">{label}</dt>
          <dd className="min-w-0 [overflow-wrap:anywhere]">{value}</dd>
          <dd className="min-w-0 text-fg-2">{why}</dd>
        </div>
      ))}
    </dl>
  );
}
