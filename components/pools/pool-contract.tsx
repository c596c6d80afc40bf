"use client";

import { Card } from "#components/ui/card.tsx";
import { CopyBlock, CopyId } from "#components/ui/copy.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { formatCount } from "#components/ui/format.ts";
import { KeyValue } from "#components/ui/key-value.tsx";
import { useReader } from "#components/ui/reader.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { useApi } from "#components/ui/use-api.ts";
import type { TrainingContract } from "#lib/pools/schema.ts";

/** What a training pipeline must keep to, to read and to copy. */
export function PoolContract({ poolId }: { poolId: string }) {
  const read = useApi("GET /pools/{poolId}/training-contract", { params: { poolId } });
  const contract = read.data;
  if (!contract) {
    if (read.problem) return <ErrorState problem={read.problem} onRetry={read.retry} />;
    return <Skeleton className="h-60 w-full" />;
  }
  return (
    <div className="grid gap-6 lg:grid-cols-2">
      <Card title="What an adapter must be">
        <p className="mb-3 text-md text-fg-2">
          Give this to whoever trains. Every version is checked against it before it can reach a node.
        </p>
        <Rules contract={contract} />
      </Card>
      <Card title="The same for a pipeline">
        <CopyBlock text={JSON.stringify(contract, null, 2)} label="Copy the training contract" />
        <p className="mt-2 text-sm text-fg-2">
          From the API:{" "}
          <code className="font-mono text-xs break-all">GET /api/v1/pools/{poolId}/training-contract</code>
        </p>
      </Card>
    </div>
  );
}

function Rules({ contract }: { contract: TrainingContract }) {
  const { locale } = useReader();
  return (
    <KeyValue
      rows={[
        { label: "Base model", value: contract.baseModel },
        { label: "Revision", value: contract.baseRevision ?? "Any" },
        { label: "Rank (r)", value: `${contract.rank}, in every module` },
        { label: "Target modules", value: contract.targetModules?.join(", ") ?? "Not checked: unknown architecture" },
        { label: "Sequence limit", value: `${formatCount(contract.sequenceLimit, locale)} tokens` },
        { label: "Dtype", value: contract.dtype },
        { label: "Architecture", value: contract.architecture },
        { label: "Architecture checksum", value: <CopyId id={contract.architectureChecksum} label="checksum" /> },
        {
          label: "Tokenizer checksum",
          value: contract.tokenizerChecksum ? (
            <CopyId id={contract.tokenizerChecksum} label="checksum" />
          ) : (
            "None stated: bring tokenizer.json with each version"
          ),
        },
        {
          label: "Chat template checksum",
          value: contract.chatTemplateChecksum && <CopyId id={contract.chatTemplateChecksum} label="checksum" />,
        },
      ]}
    />
  );
}
