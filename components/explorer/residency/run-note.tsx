"use client";

import { TextLink } from "#components/ui/button.tsx";
import { cn } from "#components/ui/cn.ts";
import { useZone } from "#components/ui/time.tsx";
import type { ResidencyMap } from "#lib/metrics/browser/residency-map-schema.ts";
import { type MapLine, type MapRun, runText } from "./map-lines.ts";

/** Swaps are shown from so long before a run begins to so long after. */
const AROUND_MS = 60_000;

type Props = { map: ResidencyMap; nodeId: string; line: MapLine | null | undefined; run: MapRun | null | undefined };

/** It has room for two lines on a phone, so that nothing moves, and stays in sight of a map taller than the window. */
const PLACE = "sticky bottom-0 z-20 min-h-16 border-t bg-bg py-1.5 text-sm sm:min-h-8";

/** What the reader points at, in words. */
export function RunNote({ map, nodeId, line, run }: Props) {
  const zone = useZone();
  if (!line || !run)
    return <p className={cn(PLACE, "text-fg-3")}>Hover over a segment or use the arrow keys to see details.</p>;
  const around = {
    from: new Date(run.fromMs - AROUND_MS).toISOString(),
    to: new Date(run.fromMs + AROUND_MS).toISOString(),
  };
  return (
    <p className={cn(PLACE, "flex flex-wrap content-start gap-x-4")}>
      <span>
        <span className="font-medium">{line.name}</span>: {runText(run, map, zone)}
      </span>
      {line.row?.tenantId && <TextLink href={`/charts/tenants/${line.row.tenantId}`}>Tenant board</TextLink>}
      {line.row !== null && (
        <TextLink href={`/nodes/${nodeId}/swaps?${new URLSearchParams(around)}`}>Swaps at that time</TextLink>
      )}
    </p>
  );
}
