"use client";

import { parseAsIsoDateTime, parseAsStringLiteral, useQueryStates } from "nuqs";
import { useStale } from "#components/ui/as-of.tsx";
import { Button, TextLink } from "#components/ui/button.tsx";
import { Card, Notice } from "#components/ui/card.tsx";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Stat } from "#components/ui/measurement.tsx";
import { Segments } from "#components/ui/segments.tsx";
import { Pending } from "#components/ui/skeleton.tsx";
import { TierMark } from "#components/ui/tier-mark.tsx";
import { Time } from "#components/ui/time.tsx";
import { useApiList } from "#components/ui/use-api.ts";
import type { Measurement } from "#lib/http/schema.ts";
import type { CacheSources, ComparedCounter } from "#lib/metrics/browser/cache-sources-schema.ts";
import type { NodeSwaps as NodeSwapsAnswer, Swap, SwappedAdapter } from "#lib/metrics/browser/swaps-schema.ts";
import { ComparedLine, ForeignNotice, useCacheSources } from "./cache-sources.tsx";
import { pairText } from "./compared-words.ts";

const REFRESH_MS = 10_000;

const SPANS = ["15m", "1h", "6h", "24h"] as const;
const SPAN_OPTIONS = [
  { key: "15m", label: "15 min" },
  { key: "1h", label: "1 h" },
  { key: "6h", label: "6 h" },
  { key: "24h", label: "24 h" },
] as const;
const MINUTES: Record<(typeof SPANS)[number], number> = { "15m": 15, "1h": 60, "6h": 360, "24h": 1440 };

const COLUMNS: readonly Column<Swap>[] = [
  { id: "at", header: "When", cell: (row) => <Time at={row.at} className="whitespace-nowrap font-normal" /> },
  { id: "adapter", header: "Swapped in", cell: (row) => <Adapter is={row.adapter} /> },
  { id: "from", header: "From", cell: (row) => <TierMark tier={row.from} isShortOnPhones /> },
  { id: "by", header: "For", hideBelow: "sm", cell: (row) => (row.by === "load" ? "A load" : "A request") },
  { id: "gpu", header: "Evicted from slot", cell: (row) => <Adapter is={row.evicted.gpu} /> },
  { id: "cpu", header: "Evicted from CPU cache", hideBelow: "md", cell: (row) => <Adapter is={row.evicted.cpu} /> },
];

/** Whose weights one node brought in, from where, and whose had to go; the range is in the URL, so a spike can be linked. */
export function NodeSwaps({ nodeId }: { nodeId: string }) {
  const [view, setView] = useQueryStates({
    span: parseAsStringLiteral(SPANS).withDefault("1h"),
    from: parseAsIsoDateTime,
    to: parseAsIsoDateTime,
  });
  const isFixed = view.from !== null && view.to !== null;
  const query = isFixed
    ? { from: view.from?.toISOString(), to: view.to?.toISOString() }
    : { minutes: MINUTES[view.span] };
  const list = useApiList(
    "GET /nodes/{nodeId}/swaps",
    { params: { nodeId }, query },
    { refreshMs: isFixed ? false : REFRESH_MS },
  );
  const data = list.firstPage;
  const readSources = useCacheSources(nodeId, query);
  const sources = readSources.data;
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-center gap-3">
        <Segments
          label="Range"
          options={SPAN_OPTIONS}
          value={isFixed ? null : view.span}
          onChange={(span) => void setView({ span, from: null, to: null })}
        />
        {isFixed && data && (
          <>
            <span className="text-sm text-fg-2">
              <Time at={data.from} as="absolute" /> to <Time at={data.to} as="absolute" />
            </span>
            <Button size="sm" onClick={() => void setView({ from: null, to: null })}>
              Show now
            </Button>
          </>
        )}
      </div>
      {(list.isPending || readSources.isPending) && <Pending />}
      {data?.note && <Notice tone="warn">{data.note}</Notice>}
      <ForeignNotice sources={sources} />
      {data && <Counts answer={data} compared={sources?.compared ?? null} />}
      <ComparedLine sources={sources} />
      <DataTable
        label="Swaps"
        columns={COLUMNS}
        {...list.table}
        total={data?.total ?? null}
        rowKey={(row) => `${row.at} ${row.adapter.loraName}`}
        stale={useStale(list.readAt, REFRESH_MS) && !isFixed}
        expectedRows={12}
        empty={
          <EmptyState title="No swaps">
            Every request in this period found its adapter in a slot, or there were no requests.
          </EmptyState>
        }
      />
    </div>
  );
}

const FORMULA = "An exact model of vLLM's two tiers, based on the recorded requests and loads.";

function Counts({
  answer: { evictions, swaps, hits, peak },
  compared,
}: {
  answer: NodeSwapsAnswer;
  compared: CacheSources["compared"];
}) {
  const stat = (label: string, is: Measurement, of: ComparedCounter) => (
    <Stat
      label={label}
      value={{ ...is, unit: "count" }}
      formula={FORMULA}
      note={compared === null ? null : pairText(compared, of)}
    />
  );
  const crowded = (peak.adapters.value ?? 0) > peak.slots;
  return (
    <Card title="In this time">
      <div className="grid grid-cols-2 gap-x-6 gap-y-4 sm:grid-cols-3 xl:grid-cols-6">
        {stat("Slot evictions", evictions.gpu, "evictions.gpu")}
        {stat("Evicted from CPU cache", evictions.cpu, "evictions.cpu")}
        {stat("From the CPU cache", swaps.cpu, "swaps.cpu")}
        {stat("From disk", swaps.disk, "swaps.disk")}
        {stat("Found in a slot", hits, "swaps.gpu")}
        <Stat
          label="Peak of active adapters"
          value={{ ...peak.adapters, unit: "count" }}
          formula="The highest number of adapters with running or waiting requests at one time. Uses the engine's count where it is higher."
        >
          of {peak.slots} slots{crowded && ": too few"}
        </Stat>
      </div>
    </Card>
  );
}

/** An adapter by its tenant; a name that is not ours is shown as the node knows it. */
function Adapter({ is }: { is: SwappedAdapter | null }) {
  if (is === null) return <span className="text-fg-3">–</span>;
  if (is.tenantId === null) return <code className="whitespace-nowrap font-mono text-xs">{is.loraName}</code>;
  return (
    <TextLink className="row-action whitespace-nowrap font-normal" href={`/tenants/${is.tenantId}`}>
      {is.tenantSlug} / {is.adapterSlug} v{is.versionNumber}
    </TextLink>
  );
}
