"use client";

import type { Measurement } from "#lib/http/schema.ts";
import type { MemoryMeasurement, VersionMemory } from "#lib/pools/browser/memory-schema.ts";
import { TextLink } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { ErrorState } from "../../ui/error-state.tsx";
import { MeasurementView, Stat } from "../../ui/measurement.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { useApi } from "../../ui/use-api.ts";

/** What it takes on each node of its pool, how much of that is padding, and what a higher rank would cost. */
export function VersionMemoryCard({ versionId }: { versionId: string }) {
  const read = useApi("GET /versions/{versionId}/memory", { params: { versionId } });
  const memory = read.data;
  return (
    <Card
      title="Memory"
      aside={memory && `rank ${memory.rank ?? "unknown"} in a pool of rank ${memory.poolRank}`}
      footer={memory && <Higher memory={memory} />}
    >
      {!memory && !read.problem && <Skeleton className="h-20 w-full" />}
      {read.problem && <ErrorState problem={read.problem} onRetry={read.retry} size="inline" />}
      {memory && <Stats memory={memory} />}
    </Card>
  );
}

/** Props of a `<Stat>` or `<MeasurementView>`: the server says how it computed. */
const explained = ({ figure, formula, note }: MemoryMeasurement) => ({ value: figure, formula, note });
const isNone = ({ value }: Measurement) => value === 0;

function Stats({ memory }: { memory: VersionMemory }) {
  return (
    <div className="grid grid-cols-1 gap-x-8 gap-y-4 sm:grid-cols-2 xl:grid-cols-4">
      <Stat label="Its own weights, on a GPU" {...explained(memory.real)}>
        of a slot of <MeasurementView {...explained(memory.slot)} mark="none" />
      </Stat>
      <Stat label="Lost to padding" {...explained(memory.waste)}>
        {isNone(memory.waste.figure) ? (
          fitText(memory)
        ) : (
          <>
            <MeasurementView {...explained(memory.wasteShare)} mark="none" /> of what its modules take
          </>
        )}
      </Stat>
      <Stat label="In each CPU cache" {...explained(memory.host)}>
        host memory, at its own rank
      </Stat>
      <Stat label="Its slots, on every serving node" {...explained(memory.slotCost)}>
        <MeasurementView {...explained(memory.wasteCost)} mark="none" /> of it for padding
      </Stat>
    </div>
  );
}

const fitText = ({ rank, poolRank }: VersionMemory): string =>
  rank !== null && rank > poolRank ? "its rank is above the pool's: it does not fit" : "its rank is the pool's";

function Higher({ memory: { higherRank, poolId } }: { memory: VersionMemory }) {
  if (higherRank === null) return "vLLM accepts no rank above this pool's.";
  return (
    <>
      At rank {higherRank.rank} every slot of its <TextLink href={`/pools/${poolId}`}>pool</TextLink> would take{" "}
      <MeasurementView {...explained(higherRank.slot)} mark="none" />:{" "}
      <MeasurementView {...explained(higherRank.extra)} /> more on all nodes,{" "}
      <MeasurementView {...explained(higherRank.extraCost)} />.
    </>
  );
}
