"use client";

import { FigureView } from "#components/ui/figure.tsx";
import { ProvenanceIcon } from "#components/ui/provenance.tsx";
import type { Node } from "#lib/fleet/schema.ts";
import { useResidency } from "./use-residency.ts";

/** GPU slots or copies in host memory that are in use on one node, of how many, and where the number comes from. */
export function SlotsCell({ node, tier, refreshMs }: { node: Node; tier: "gpu" | "cpu"; refreshMs: number }) {
  const { data, problem } = useResidency(node.id, refreshMs);
  if (data === undefined) return <span className="text-fg-3">{problem ? "Unknown" : "…"}</span>;
  const { used, size } = data.slots[tier];
  if (used.value === null)
    return (
      <span className="whitespace-nowrap text-fg-3" title={data.note ?? undefined}>
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
