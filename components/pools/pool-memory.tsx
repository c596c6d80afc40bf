"use client";

import { Card } from "#components/ui/card.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { formatCount } from "#components/ui/format.ts";
import { MeasurementView, Stat } from "#components/ui/measurement.tsx";
import { useReader } from "#components/ui/reader.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { useApi } from "#components/ui/use-api.ts";
import type { MemoryMeasurement, PoolMemory } from "#lib/pools/browser/memory-schema.ts";
import type { Pool } from "#lib/pools/schema.ts";

const REFRESH_MS = 30_000;
/** Props of a `<Stat>` or `<MeasurementView>`: the server says how it computed. */
const explained = ({ figure, formula, note }: MemoryMeasurement) => ({ value: figure, formula, note });

/** What a pool's adapters take on GPUs, in hosts and on disk, how much of it is padding, and what it costs. */
export function PoolMemoryCard({ pool }: { pool: Pool }) {
  const read = useApi("GET /pools/{poolId}/memory", { params: { poolId: pool.id } }, { refreshMs: REFRESH_MS });
  const memory = read.data;
  return (
    <Card title="Adapter memory" footer={memory && <Higher memory={memory} />}>
      {!memory && !read.problem && <Skeleton className="h-36 w-full" />}
      {read.problem && <ErrorState problem={read.problem} onRetry={read.retry} size="inline" />}
      {memory && <Stats pool={pool} memory={memory} />}
    </Card>
  );
}

function Stats({ pool, memory }: { pool: Pool; memory: PoolMemory }) {
  const { locale } = useReader();
  const overview = useApi("GET /overview", {}, { refreshMs: REFRESH_MS });
  const seen = overview.data?.pools.find((each) => each.id === pool.id);
  return (
    <div className="grid grid-cols-1 gap-x-8 gap-y-4 sm:grid-cols-2 xl:grid-cols-3">
      <Stat label="GPU slots, on each node" {...explained(memory.slots)}>
        {pool.maxLoras} slots of <MeasurementView {...explained(memory.slot)} mark="none" />
      </Stat>
      <Stat label="Lost to padding, on each node" {...explained(memory.waste)}>
        <Padding memory={memory} />
      </Stat>
      <Stat
        label={`GPU slots, on ${memory.nodes === 1 ? "1 node" : `${memory.nodes} nodes`}`}
        {...explained(memory.cost)}
      >
        <MeasurementView {...explained(memory.wasteCost)} mark="none" /> of it for padding
      </Stat>
      <Stat label="CPU cache, on each node" {...explained(memory.host)}>
        up to {formatCount(pool.maxCpuLoras, locale)} places in host memory
      </Stat>
      <Stat
        label="Files of loaded versions"
        value={seen?.adapterBytes}
        note="Each version counts once, on any number of nodes."
      >
        size on disk
      </Stat>
      <Stat label="Loaded versions" value={seen?.residentVersions}>
        {formatCount(pool.maxCpuLoras, locale)} places in each node's CPU cache
      </Stat>
    </div>
  );
}

/** Which ranks are live beside the pool's: one rank a pool wastes nothing. */
function Padding({ memory: { ranks, rank, wasteShare } }: { memory: PoolMemory }) {
  const lower = ranks.filter((each) => each.rank < rank);
  if (ranks.length === 0) return "no live versions yet";
  if (lower.length === 0) return `all live versions have rank ${rank}`;
  const listed = lower.map((each) => `${each.versions} of rank ${each.rank}`).join(", ");
  return (
    <>
      <MeasurementView {...explained(wasteShare)} mark="none" />: {listed} beside rank {rank}
    </>
  );
}

function Higher({ memory: { higherRank } }: { memory: PoolMemory }) {
  if (higherRank === null) return "vLLM accepts no higher rank.";
  return (
    <>
      At rank {higherRank.rank} a slot would take <MeasurementView {...explained(higherRank.slot)} mark="none" />:{" "}
      <MeasurementView {...explained(higherRank.extra)} /> more on all nodes,{" "}
      <MeasurementView {...explained(higherRank.extraCost)} />.
    </>
  );
}
