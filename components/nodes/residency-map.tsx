"use client";

import { AsOf } from "#components/ui/as-of.tsx";
import { Card, Notice } from "#components/ui/card.tsx";
import { cn } from "#components/ui/cn.ts";
import { ErrorState } from "#components/ui/error-state.tsx";
import { MeasurementView } from "#components/ui/measurement.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { TierSquare } from "#components/ui/tier-mark.tsx";
import type { NodeResidency } from "#lib/metrics/schema.ts";
import { SCRAPE_MS, useResidency } from "./use-residency.ts";

/** More places than this are drawn as a bar: a wall of squares tells no more. */
const MOST_SQUARES = 128;

type Use = NodeResidency["slots"]["gpu"];

/** Where the weights of one node's adapters lie now: vLLM's slots on the GPU and its cache in host memory. */
export function ResidencyCard({ nodeId }: { nodeId: string }) {
  const read = useResidency(nodeId);
  const { data } = read;
  return (
    <Card title="Residency" aside={data && <AsOf at={data.asOf} intervalMs={SCRAPE_MS} />}>
      {!data && !read.problem && <Skeleton className="h-32 w-full" />}
      {read.problem && !data && <ErrorState problem={read.problem} onRetry={read.retry} size="inline" />}
      {data && (
        <div className="flex flex-col gap-4">
          {data.note && <Notice tone="warn">{data.note}</Notice>}
          <Tier
            label="GPU slots"
            tier="gpu"
            use={data.slots.gpu}
            names={namesIn(data.items, ["gpu"])}
            hint="Adapters that can run at once."
          />
          <Tier
            label="CPU cache"
            tier="cpu"
            use={data.slots.cpu}
            names={namesIn(data.items, ["gpu", "cpu"])}
            hint="Copies in host memory; one in a slot has a copy too."
          />
        </div>
      )}
    </Card>
  );
}

function Tier({
  label,
  tier,
  use,
  names,
  hint,
}: {
  label: string;
  tier: "gpu" | "cpu";
  use: Use;
  names: readonly string[];
  hint: string;
}) {
  const used = use.used.value;
  return (
    <div className="flex flex-col gap-1.5">
      <div className="flex flex-wrap items-baseline gap-x-2 text-sm">
        <span className="font-medium">{label}</span>
        <span>
          <MeasurementView value={{ ...use.used, unit: "count" }} />{" "}
          <span className="text-fg-2">of {use.size} used</span>
        </span>
        <span className="text-xs text-fg-3">{hint}</span>
      </div>
      {use.size <= MOST_SQUARES ? (
        <Squares tier={tier} used={used} size={use.size} names={names} label={label} />
      ) : (
        <Bar tier={tier} used={used} size={use.size} />
      )}
    </div>
  );
}

function Squares({
  tier,
  used,
  size,
  names,
  label,
}: {
  tier: "gpu" | "cpu";
  used: number | null;
  size: number;
  names: readonly string[];
  label: string;
}) {
  const places = Array.from({ length: size }, (_, index) => ({
    key: `${tier}-${index}`,
    word: placeWord(index, used, names),
    tier: used === null ? ("unknown" as const) : index < used ? tier : null,
  }));
  return (
    <div className="flex flex-wrap gap-1" role="img" aria-label={`${label}: ${used ?? "unknown"} of ${size} used`}>
      {places.map((place) => (
        <span key={place.key} title={place.word} className="inline-flex">
          {place.tier ? (
            <TierSquare tier={place.tier} />
          ) : (
            <span className="size-4 rounded-[3px] border border-line bg-sub" />
          )}
        </span>
      ))}
    </div>
  );
}

function Bar({ tier, used, size }: { tier: "gpu" | "cpu"; used: number | null; size: number }) {
  if (used === null) return <span className="h-2 rounded-full border border-dashed border-line-control bg-off-tint" />;
  return (
    <span aria-hidden="true" className="block h-2 overflow-hidden rounded-full bg-line">
      <span
        className={cn("block h-full", tier === "gpu" ? "bg-tier-gpu" : "bg-tier-cpu")}
        style={{ width: `${Math.min(100, (used / size) * 100)}%` }}
      />
    </span>
  );
}

type Item = NodeResidency["items"][number];

/** A resident adapter by its tenant, adapter and number; one that is not ours by the name the node has for it. */
const residentName = ({ tenantSlug, adapterSlug, versionNumber, loraName, loaded }: Item): string => {
  const name = tenantSlug && adapterSlug ? `${tenantSlug} / ${adapterSlug} v${versionNumber ?? "?"}` : loraName;
  return loaded ? name : `${name}, unloaded but still in memory`;
};

/** Names of those that lie in one of these tiers, the nearest tier first. */
const namesIn = (items: readonly Item[], tiers: readonly Item["tier"][]): string[] =>
  items.filter(({ tier }) => tiers.includes(tier)).map(residentName);

/** What one place of a tier holds, in words. @param used null = nobody could see it */
const placeWord = (index: number, used: number | null, names: readonly string[]): string => {
  if (used === null) return "Unknown";
  return index < used ? (names[index] ?? "An adapter") : "Free";
};
