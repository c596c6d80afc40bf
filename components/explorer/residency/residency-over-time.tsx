"use client";

import { parseAsString, useQueryState } from "nuqs";
import { useState } from "react";
import { AsOf, useStale } from "#components/ui/as-of.tsx";
import { Card, Notice } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { THIN_SPACE } from "#components/ui/format.ts";
import { Select } from "#components/ui/input.tsx";
import { ProvenanceMark } from "#components/ui/provenance.tsx";
import { Segments } from "#components/ui/segments.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Time } from "#components/ui/time.tsx";
import { useApi } from "#components/ui/use-api.ts";
import { useNow } from "#components/ui/use-now.ts";
import { MAX_MAP_HOURS } from "#lib/metrics/browser/residency-map-limits.ts";
import type { ResidencyMap } from "#lib/metrics/browser/residency-map-schema.ts";
import { paceOf, useRange, useSharedChart } from "../use-range.ts";
import { type MapTier, mapRange, WORDS } from "./map-lines.ts";
import { ResidencyGrid } from "./residency-grid.tsx";
import { ResidencyTable } from "./residency-table.tsx";
import { TierBlock } from "./tier-block.tsx";

const TITLE = "Residency over time";
const FORMULA =
  "An exact model of vLLM's two tiers, based on the recorded requests and loads. It is updated every 30 s. Running requests are not included yet.";
/** The worker updates the map's data this often. */
const FOLLOWED_MS = 30_000;
const VIEWS = [
  { key: "map", label: "Map" },
  { key: "table", label: "Table" },
] as const;
const LEGEND = ["gpu", "cpu", "absent", "unknown"] as const satisfies MapTier[];

/** The same for one node of a pool, which the URL names. */
export function PoolResidency({ poolId }: { poolId: string }) {
  const read = useApi("GET /nodes", { query: { poolId, limit: 200 } });
  const [named, setNamed] = useQueryState("node", parseAsString.withDefault("").withOptions({ history: "push" }));
  const nodes = read.data?.items.filter(({ standalone }) => !standalone);
  const shown = nodes?.find(({ id }) => id === named) ?? nodes?.[0];
  if (shown !== undefined)
    return (
      <ResidencyOverTime
        key={shown.id} // while the next node's map is read, that of the last one must not stand under its name
        nodeId={shown.id}
        picker={
          <Select
            aria-label="Node of the map"
            value={shown.id}
            options={(nodes ?? []).map(({ id, name }) => ({ value: id, label: name }))}
            onChange={(event) => void setNamed(event.target.value)}
            className="w-44"
          />
        }
      />
    );
  return (
    <Card title={TITLE}>
      {read.problem && <ErrorState problem={read.problem} onRetry={read.retry} size="inline" />}
      {nodes === undefined && !read.problem && <Skeleton className="h-40 w-full" />}
      {nodes?.length === 0 && <p className="text-md text-fg-2">No serving nodes here yet.</p>}
    </Card>
  );
}

/** Where the weights of a node's versions lay, over the range of the page. */
export function ResidencyOverTime({ nodeId, picker }: { nodeId: string; picker?: React.ReactNode }) {
  const shared = useSharedChart(useRange());
  const now = useNow(60_000);
  const { query, isCut } = mapRange(shared.range, now);
  const pace = paceOf(shared);
  const read = useApi("GET /nodes/{nodeId}/residency-map", { params: { nodeId }, query }, { refreshMs: pace });
  const [view, setView] = useState<(typeof VIEWS)[number]["key"]>("map");
  const isStale = useStale(read.readAt, pace === false ? Number.POSITIVE_INFINITY : pace);
  const { data: map } = read;
  return (
    <Card
      title={<Title map={map} />}
      aside={map && pace !== false && <AsOf at={map.asOf} intervalMs={Math.max(pace, FOLLOWED_MS)} />}
      actions={
        <>
          {picker}
          <Segments label="Shown as" options={VIEWS} value={view} onChange={setView} />
        </>
      }
      stale={isStale}
    >
      <div className="flex flex-col gap-3">
        {read.problem && <ErrorState problem={read.problem} onRetry={read.retry} size="inline" />}
        {map === undefined && !read.problem && (
          <div aria-busy="true">
            <span className="sr-only">{TITLE} is loading</span>
            <Skeleton className="h-60 w-full" />
          </div>
        )}
        {map?.note && <Notice tone="warn">{map.note}</Notice>}
        {map && map.rows.length === 0 && (
          <EmptyState title="No versions loaded or used">
            This node had no loads and no requests through the gateway in this period.
          </EmptyState>
        )}
        {map &&
          map.rows.length > 0 &&
          (view === "map" ? <MapView map={map} nodeId={nodeId} /> : <ResidencyTable map={map} />)}
        {map && map.rows.length > 0 && <Footnotes map={map} isCut={isCut} />}
      </div>
    </Card>
  );
}

const Title = ({ map }: { map: ResidencyMap | undefined }) => (
  <>
    {TITLE}
    {map && (
      <span className="font-normal">
        {THIN_SPACE}
        <ProvenanceMark origin={{ ...map, coverage: null }} formula={FORMULA} note={map.note} />
      </span>
    )}
  </>
);

function MapView({ map, nodeId }: { map: ResidencyMap; nodeId: string }) {
  return (
    <>
      <ul aria-label="Legend" className="flex flex-wrap gap-x-4 gap-y-1 text-sm text-fg-2">
        {LEGEND.map((tier) => (
          <li key={tier} className="flex items-center gap-1.5">
            <span className="flex h-5 w-5 flex-col justify-end">
              <TierBlock is={tier} hasRoom />
            </span>
            {WORDS[tier]}
          </li>
        ))}
      </ul>
      <ResidencyGrid map={map} nodeId={nodeId} />
    </>
  );
}

/** What a reader must know of the map's bounds, and how far the node itself agrees. */
function Footnotes({ map, isCut }: { map: ResidencyMap; isCut: boolean }) {
  const { slots, places, others, rows, measured, stepSeconds } = map;
  return (
    <div className="flex flex-col gap-1 text-xs text-fg-3">
      <p>
        {slots} slots, {places} places in the CPU cache. Versions with the longest time in a slot come first
        {others > 0 && `; ${others} more versions are not shown beside these ${rows.length}`}. A step is {stepSeconds}{" "}
        s.
        {isCut && ` A map covers at most ${MAX_MAP_HOURS} hours and shows the end of the range.`}
      </p>
      {measured && (
        <p>
          At <Time at={measured.at} />, the node reported the same state for {measured.agree} of {measured.of} versions.
          Running requests are not in the map yet.
        </p>
      )}
    </div>
  );
}
