"use client";

import { FigureView } from "#components/ui/figure.tsx";
import { ProvenanceIcon } from "#components/ui/provenance.tsx";
import type { NodeSlots } from "#lib/metrics/schema.ts";

/** What is known of a node's tiers: not read yet, or not readable, or read. */
export type KnownSlots = NodeSlots | "loading" | "unknown";

/** GPU slots or copies in host memory that are in use on one node, of how many, and where the number comes from. */
export function SlotsCell({ slots, tier }: { slots: KnownSlots; tier: "gpu" | "cpu" }) {
  if (typeof slots === "string") return <span className="text-fg-3">{slots === "loading" ? "…" : "Unknown"}</span>;
  const { used, size } = slots.slots[tier];
  if (used.value === null)
    return (
      <span className="whitespace-nowrap text-fg-3" title={slots.note ?? undefined}>
        Unknown of {size}
      </span>
    );
  return (
    <span className="inline-flex items-center gap-x-1 whitespace-nowrap">
      <FigureView figure={{ ...used, unit: "count" }} mark="none" />
      <span className="text-fg-3">of {size}</span>
      <ProvenanceIcon origin={used} />
    </span>
  );
}
