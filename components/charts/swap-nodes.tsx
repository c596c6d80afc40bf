"use client";

import { TextLink } from "#components/ui/button.tsx";
import { formatUnit, quantityText } from "#components/ui/format.ts";
import { useReader } from "#components/ui/reader.tsx";
import { useApi } from "#components/ui/use-api.ts";
import { type SwapRange, swapsHref } from "./chart-links.ts";
import { worstNodes } from "./worst-nodes.ts";

/** From a spike of a pool or the fleet to the nodes with the most evictions then, each the way to who pushed out whom. */
export function SwapNodes({ poolId, range }: { poolId?: string; range: SwapRange }) {
  const { locale } = useReader();
  const read = useApi("GET /charts/{metric}", {
    params: { metric: "evictions" },
    query: { poolId, by: "node", ...range },
  });
  const chart = read.data;
  if (read.problem) return <span className="text-fg-2">The nodes are unknown: {read.problem.title}</span>;
  if (chart === undefined) return <span className="text-fg-3">Finding the nodes…</span>;
  const worst = worstNodes(chart.series);
  if (worst.length === 0) return <span className="text-fg-2">No evictions recorded on any node at that time.</span>;
  return (
    <span>
      Swaps on the nodes with the most evictions at that time:{" "}
      {worst.map(({ key, label, whole }, index) => (
        <span key={key}>
          {index > 0 && ", "}
          <TextLink href={swapsHref(key, range)}>{label}</TextLink>{" "}
          <span className="text-fg-3">{quantityText(formatUnit(whole, chart.unit, locale))}</span>
        </span>
      ))}
    </span>
  );
}
