"use client";

import type { ImportDetail } from "#lib/registry/browser/import-schema.ts";
import { formatBytes, formatCount, quantityText } from "../../ui/format.ts";
import { useReader } from "../../ui/reader.tsx";
import { StatusShape } from "../../ui/status.tsx";

const plural = (count: number, one: string, locale: string): string =>
  `${formatCount(count, locale)} ${one}${count === 1 ? "" : "s"}`;

/** What an import would bring in now, and what the pool would then be. */
export function ImportTotals({ detail }: { detail: ImportDetail }) {
  const { locale } = useReader();
  const { ready, poolAfter } = detail;
  const isShort = poolAfter.cpuCacheNeeded > poolAfter.maxCpuLoras;
  const brings =
    ready.rows === 0
      ? null
      : `${plural(ready.rows, "row", locale)} ready, ${quantityText(formatBytes(ready.bytes, locale))}: ${[
          ...(ready.newTenants > 0 ? [plural(ready.newTenants, "new tenant", locale)] : []),
          ...(ready.newAdapters > 0 ? [plural(ready.newAdapters, "new adapter", locale)] : []),
          ...(ready.rows > ready.newAdapters
            ? [`${plural(ready.rows - ready.newAdapters, "new version", locale)} of existing adapters`]
            : []),
        ].join(", ")}.`;
  const brought =
    detail.importedCount === 0
      ? null
      : `${plural(detail.importedCount, "row", locale)} imported, ${formatCount(detail.stagedCount, locale)} staged.`;
  return (
    <section aria-label="Import totals" className="flex flex-col gap-1.5 rounded-card border bg-sub px-4 py-3 text-md">
      <p data-totals="">{[brought, brings].filter(Boolean).join(" ") || "No rows are ready yet."}</p>
      <p className="flex items-start gap-2 text-fg-2">
        <span className="flex h-5 items-center">
          <StatusShape state={isShort ? "warn" : "ok"} />
        </span>
        <span>
          {detail.poolName} then serves {plural(poolAfter.tenants, "tenant", locale)} over{" "}
          {plural(poolAfter.maxLoras, "GPU slot", locale)} a node.{" "}
          {isShort
            ? `Its CPU cache holds ${formatCount(poolAfter.maxCpuLoras, locale)}; the rule of 1.2 per tenant needs ${formatCount(poolAfter.cpuCacheNeeded, locale)}. Raise max_cpu_loras, or adapters are read from disk.`
            : `Its CPU cache of ${formatCount(poolAfter.maxCpuLoras, locale)} holds the ${formatCount(poolAfter.cpuCacheNeeded, locale)} that the rule of 1.2 per tenant needs.`}
        </span>
      </p>
      {ready.guessed > 0 && (
        <p className="flex items-start gap-2 text-fg-2">
          <span className="flex h-5 items-center">
            <StatusShape state="warn" />
          </span>
          {plural(ready.guessed, "name", locale)} of the ready rows {ready.guessed === 1 ? "was" : "were"} derived from
          a folder name that is not a slug. Check them first: slugs are permanent.
        </p>
      )}
    </section>
  );
}
