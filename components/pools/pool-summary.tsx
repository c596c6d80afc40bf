"use client";

import { TextLink } from "#components/ui/button.tsx";
import { Card, Notice } from "#components/ui/card.tsx";
import { CopyId } from "#components/ui/copy.tsx";
import { Stat } from "#components/ui/figure.tsx";
import { formatBytes, formatCount, quantityText } from "#components/ui/format.ts";
import { KeyValue } from "#components/ui/key-value.tsx";
import { useReader } from "#components/ui/reader.tsx";
import { Time } from "#components/ui/time.tsx";
import { useApi } from "#components/ui/use-api.ts";
import type { Pool } from "#lib/pools/schema.ts";
import { cacheFit, slotMemory } from "./adapter-memory.ts";
import { usePool } from "./pool-frame.tsx";
import { PoolOperations } from "./pool-operations.tsx";
import { PoolPolicy } from "./pool-policy.tsx";

/** What one pool's nodes start with, what that costs in memory, and its policy. */
export function PoolSummary({ poolId }: { poolId: string }) {
  const read = usePool(poolId);
  const pool = read.data;
  if (!pool) return null;
  return (
    <div className="flex flex-col gap-6">
      <CacheNotice pool={pool} />
      <Memory pool={pool} readAt={read.readAt} />
      <div className="grid grid-cols-1 items-start gap-6 lg:grid-cols-2">
        <div className="flex min-w-0 flex-col gap-6">
          <Limits pool={pool} />
          <BaseModel pool={pool} />
        </div>
        <div className="flex min-w-0 flex-col gap-6">
          <PoolPolicy pool={pool} />
          <PoolOperations pool={pool} />
        </div>
      </div>
    </div>
  );
}

function CacheNotice({ pool }: { pool: Pool }) {
  const { isEnough, wanted } = cacheFit(pool);
  if (isEnough) return null;
  return (
    <Notice tone="warn">
      The CPU cache has {pool.maxCpuLoras} places for {pool.adapterCount} adapters; 1.2 an adapter would be {wanted}.
      What does not fit is read from disk again, which takes over 500 ms.
    </Notice>
  );
}

function Memory({ pool, readAt }: { pool: Pool; readAt: string | null }) {
  const { locale } = useReader();
  const overview = useApi("GET /overview", {}, { refreshMs: 30_000 });
  const seen = overview.data?.pools.find((each) => each.id === pool.id);
  const slot = pool.slotBytes === null ? "unknown size" : quantityText(formatBytes(pool.slotBytes, locale));
  return (
    <Card title="Adapter memory">
      <div className="flex flex-wrap gap-x-12 gap-y-4">
        <Stat
          label="GPU slots, on each node"
          figure={slotMemory(pool, readAt)}
          formula="slots × rank × Σ modules (in + out) × bytes of the dtype"
          note="vLLM takes it at start, whatever the adapters' own ranks are. For one GPU without tensor parallelism."
        >
          {pool.maxLoras} slots of {slot}
        </Stat>
        <Stat
          label="Files of loaded versions"
          figure={seen?.adapterBytes}
          note="Each version once, however many nodes hold it."
        >
          what they weigh on disk
        </Stat>
        <Stat label="Loaded versions" figure={seen?.residentVersions}>
          {formatCount(pool.maxCpuLoras, locale)} places in each node's CPU cache
        </Stat>
      </div>
    </Card>
  );
}

function Limits({ pool }: { pool: Pool }) {
  const { locale } = useReader();
  return (
    <Card
      title="Engine limits"
      footer={
        <>
          vLLM reads these at start only. A change restarts every node, one at a time:{" "}
          <TextLink href={`/pools/${pool.id}/rollouts`}>rollouts</TextLink>.
        </>
      }
    >
      <KeyValue
        rows={[
          { label: "Rank", value: pool.maxLoraRank },
          { label: "GPU slots", value: pool.maxLoras },
          { label: "CPU cache", value: `${pool.maxCpuLoras} places` },
          { label: "Sequence limit", value: `${formatCount(pool.maxModelLen, locale)} tokens` },
          { label: "Dtype", value: pool.dtype },
          { label: "GPU memory utilisation", value: pool.gpuMemoryUtilization },
          { label: "Adapter directory", value: <code className="font-mono text-xs">{pool.adapterDirectory}</code> },
        ]}
      />
    </Card>
  );
}

function BaseModel({ pool }: { pool: Pool }) {
  return (
    <Card title="Base model">
      <KeyValue
        rows={[
          { label: "Name", value: pool.baseModel },
          { label: "Revision", value: pool.baseRevision },
          { label: "Architecture", value: pool.architecture },
          {
            label: "Shapes",
            value: pool.baseShapes ? shapesText(pool.baseShapes) : "Unknown: tensor shapes are not checked",
          },
          { label: "Architecture checksum", value: <CopyId id={pool.architectureChecksum} label="checksum" /> },
          { label: "Tokenizer checksum", value: <CopyId id={pool.tokenizerChecksum} label="checksum" /> },
          {
            label: "Chat template checksum",
            value: pool.chatTemplateChecksum && <CopyId id={pool.chatTemplateChecksum} label="checksum" />,
          },
          { label: "Added", value: <Time at={pool.createdAt} /> },
        ]}
      />
    </Card>
  );
}

const shapesText = ({ layers, hiddenSize, heads, kvHeads, vocabSize }: NonNullable<Pool["baseShapes"]>): string =>
  `${layers} layers, ${hiddenSize} wide, ${heads} heads (${kvHeads} key-value), vocabulary ${vocabSize}`;
