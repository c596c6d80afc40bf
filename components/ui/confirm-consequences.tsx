"use client";

import type { ReactNode } from "react";
import { ConfirmDialog, type ConfirmDialogProps } from "./confirm-dialog.tsx";
import { formatCount } from "./format.ts";
import { useReader } from "./reader.tsx";

/** The answer of `consequences(action)`: what a dialog of weight must say before its button. */
export type Consequences = {
  /** What would change, a sentence each. */
  changes: readonly string[];
  /** Tenants who would notice. */
  tenantCount: number;
  /** Predicted load, in words; null when nothing moves. */
  load: string | null;
  /** How to take it back; null = it cannot be. */
  undo: string | null;
};

/** A confirmation that shows what would happen, how many it touches and how to undo it. */
export function ConfirmConsequences({
  consequences,
  children,
  ...dialog
}: Omit<ConfirmDialogProps, "children"> & {
  consequences: Consequences;
  /** A choice that the consequences depend on, such as a deadline. */
  children?: ReactNode;
}) {
  const { locale } = useReader();
  const { changes, tenantCount, load, undo } = consequences;
  const facts: [string, string][] = [
    ["Tenants affected", tenantCount === 0 ? "None" : formatCount(tenantCount, locale)],
    ["Load", load ?? "No change"],
    ["Undo", undo ?? "Not possible"],
  ];
  return (
    <ConfirmDialog {...dialog}>
      {children}
      <ul className="flex list-disc flex-col gap-1 ps-4 text-fg marker:text-fg-3">
        {changes.map((change) => (
          <li key={change}>{change}</li>
        ))}
      </ul>
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 rounded-control bg-sub p-3 text-sm">
        {facts.map(([label, text]) => (
          <div key={label} className="col-span-2 grid grid-cols-subgrid">
            <dt className="text-fg-3">{label}</dt>
            <dd className={label === "Undo" && undo === null ? "font-medium text-bad" : "text-fg"}>{text}</dd>
          </div>
        ))}
      </dl>
    </ConfirmDialog>
  );
}
