"use client";

import type { BulkItem } from "#lib/fleet/browser/bulk-schema.ts";
import { formatCount } from "../ui/format.ts";
import { useReader } from "../ui/reader.tsx";
import { StatusShape } from "../ui/status.tsx";

/** More than that nobody reads in a dialog; the job has all of them. */
const SHOWN = 100;

/** Version by version: first what is left as it is and why, then what would happen. */
export function ItemLists({ items }: { items: readonly BulkItem[] }) {
  return (
    <div className="flex flex-col gap-3">
      <ItemList title="Unchanged" items={items.filter(({ act }) => !act)} isOpen />
      <ItemList title="Preview" items={items.filter(({ act }) => act)} isOpen={false} />
    </div>
  );
}

function ItemList({ title, items, isOpen }: { title: string; items: readonly BulkItem[]; isOpen: boolean }) {
  const { locale } = useReader();
  if (items.length === 0) return null;
  return (
    <details open={isOpen} className="rounded-card border">
      <summary className="flex min-h-9 cursor-pointer items-center gap-2 px-3 text-sm font-medium pointer-coarse:min-h-10">
        {title} ({formatCount(items.length, locale)})
      </summary>
      <ul className="divide-y border-t">
        {items.slice(0, SHOWN).map((item) => (
          <li key={item.versionId} className="flex gap-2 px-3 py-1.5 text-sm">
            <span className="pt-1">
              <StatusShape state={item.act ? "ok" : item.fix ? "warn" : "off"} />
            </span>
            <span className="min-w-0 break-words">
              <span className="font-medium">{item.label}</span> <span className="text-fg-2">{item.reason}</span>
              {item.fix && <span className="block text-fg-2">{item.fix}</span>}
            </span>
          </li>
        ))}
        {items.length > SHOWN && (
          <li className="px-3 py-1.5 text-sm text-fg-3">and {formatCount(items.length - SHOWN, locale)} more</li>
        )}
      </ul>
    </details>
  );
}
