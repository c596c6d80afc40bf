"use client";

import { TextLink } from "#components/ui/button.tsx";
import { Card, Notice } from "#components/ui/card.tsx";
import { CopyId } from "#components/ui/copy.tsx";
import { formatCount } from "#components/ui/format.ts";
import { KeyValue } from "#components/ui/key-value.tsx";
import { PitfallCard } from "#components/ui/pitfalls/pitfall-card.tsx";
import { useReader } from "#components/ui/reader.tsx";
import { Time } from "#components/ui/time.tsx";
import type { Pool } from "#lib/pools/schema.ts";
import { cacheFit } from "./cache-fit.ts";
import { usePool } from "./pool-frame.tsx";
import { PoolIdentity } from "./pool-identity.tsx";
import { PoolMemoryCard } from "./pool-memory.tsx";
import { PoolOperations } from "./pool-operations.tsx";
import { PoolPolicy } from "./pool-policy.tsx";

/** What one pool's nodes start with, what that costs in memory, and its policy. */
export function PoolSummary({ poolId }: { poolId: string }) {
  const pool = usePool(poolId).data;
  if (!pool) return null;
  return (
    <div className="flex flex-col gap-6">
      <CacheNotice pool={pool} />
      <PitfallCard scope={{ poolId }} />
      <PoolMemoryCard pool={pool} />
      <div className="grid grid-cols-1 items-start gap-6 lg:grid-cols-2">
        <div className="flex min-w-0 flex-col gap-6">
          <Limits pool={pool} />
          <BaseModel pool={pool} />
        </div>
        <div className="flex min-w-0 flex-col gap-6">
          <PoolIdentity pool={pool} />
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
      The CPU cache has {pool.maxCpuLoras} places for {pool.adapterCount} adapters; 1.2 per adapter would be {wanted}.
      Adapters that do not fit are read from disk, which takes over 500 ms.
    </Notice>
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
