"use client";

import { cpuPlacesFor } from "#lib/pools/browser/cpu-places.ts";
import type { Pool } from "#lib/pools/schema.ts";
import { TextLink } from "../../ui/button.tsx";
import { formatCount } from "../../ui/format.ts";
import { KeyValue } from "../../ui/key-value.tsx";
import { MeasurementView } from "../../ui/measurement.tsx";
import { useReader } from "../../ui/reader.tsx";
import { useApi } from "../../ui/use-api.ts";

/** What an adapter must be like to run in a pool, what it takes there, and whether there is room for one more. */
export function PoolFit({ pool }: { pool: Pool }) {
  const { locale } = useReader();
  const memory = useApi("GET /pools/{poolId}/memory", { params: { poolId: pool.id } }).data;
  const after = pool.adapterCount + 1;
  const needed = cpuPlacesFor(after, pool.maxLoras);
  const isSmall = needed > pool.maxCpuLoras;
  return (
    <section aria-label={`What fits ${pool.name}`} className="flex flex-col gap-3 rounded-card border bg-sub px-4 py-3">
      <KeyValue
        rows={[
          { label: "Trained on", value: `${pool.baseModel}${pool.baseRevision ? ` at ${pool.baseRevision}` : ""}` },
          {
            label: "Rank",
            value: `Up to ${pool.maxLoraRank}; a lower one is padded to it`,
          },
          { label: "Nodes", value: formatCount(pool.nodeCount, locale) },
          {
            label: "CPU cache",
            value: (
              <span className={isSmall ? "text-warn" : undefined}>
                {pool.maxCpuLoras} places on each node; {after} adapters, with this one, need {needed}
                {isSmall && `. Raise max_cpu_loras to ${needed}, or some adapters are read from disk`}
              </span>
            ),
          },
          {
            label: "GPU slots",
            value: `${pool.maxLoras} a node, shared by the adapters active at the same time`,
          },
          {
            label: "A slot takes",
            value: memory ? <MeasurementView value={memory.slot.figure} mark="icon" /> : "Unknown",
          },
        ]}
      />
      <p className="text-sm text-fg-2">
        The <TextLink href={`/pools/${pool.id}/contract`}>training contract</TextLink> lists the export requirements for
        the training team.
      </p>
    </section>
  );
}
