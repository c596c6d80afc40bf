"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import type { Pool } from "#lib/pools/schema.ts";
import { LinkButton } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { ErrorState } from "../../ui/error-state.tsx";
import { Field } from "../../ui/field.tsx";
import { Select } from "../../ui/input.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { useDenied } from "../../ui/reader.tsx";
import { Segments } from "../../ui/segments.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { TextField } from "../../ui/text-field.tsx";
import { useApiList } from "../../ui/use-api.ts";
import { DraftList } from "./draft-list.tsx";
import { FromBucket } from "./from-bucket.tsx";
import { FromDrop } from "./from-drop.tsx";
import { FromPath } from "./from-path.tsx";
import { FromTable } from "./from-table.tsx";

type Way = "path" | "drop" | "table" | "bucket";
const WAYS: readonly { key: Way; label: string }[] = [
  { key: "path", label: "Folder on the server" },
  { key: "drop", label: "Drop folders" },
  { key: "table", label: "Table (CSV)" },
  { key: "bucket", label: "Bucket (S3)" },
];

/** What every way of starting an import needs. */
export type StartProps = {
  pool: Pool;
  adapterName: string;
  denied: string | undefined;
  /** The draft is there: its page goes on. */
  onMade: (importId: string) => void;
};

/** Many tenants at once: what was started before, and four ways to start. */
export function ImportStart() {
  const pools = useApiList("GET /pools", { query: { limit: 200 } });
  return (
    <>
      <PageHeader
        title="Import tenants"
        parents={[{ label: "Tenants", href: "/tenants" }]}
        meta="Turn a folder of adapter folders, or a table, into a list with one row per tenant. Nothing is added until you confirm."
      />
      {pools.items === undefined ? (
        pools.problem ? (
          <ErrorState problem={pools.problem} onRetry={pools.retry} />
        ) : (
          <Skeleton className="h-80 w-full" />
        )
      ) : pools.items.length === 0 ? (
        <EmptyState
          title="No pool to import into"
          action={
            <LinkButton href="/pools" variant="primary">
              Open pools
            </LinkButton>
          }
        >
          Adapters are checked against a pool's base model and rank, so add a pool first.
        </EmptyState>
      ) : (
        <NewImport pools={pools.items} />
      )}
      <DraftList />
    </>
  );
}

function NewImport({ pools }: { pools: readonly Pool[] }) {
  const router = useRouter();
  const denied = useDenied("tenant.write");
  const [poolId, setPoolId] = useState(pools[0]?.id ?? "");
  const [adapterName, setAdapterName] = useState("Assistant");
  const [way, setWay] = useState<Way>("path");
  const pool = pools.find(({ id }) => id === poolId) ?? pools[0];
  if (pool === undefined) return null;
  const props: StartProps = {
    pool,
    adapterName: adapterName.trim() || "Assistant",
    denied,
    onMade: (importId) => router.push(`/tenants/import/${importId}`),
  };
  return (
    <Card title="New import">
      <div className="flex flex-col gap-5">
        <div className="grid max-w-160 grid-cols-1 gap-4 sm:grid-cols-2">
          <Field label="Pool" hint={`${pool.baseModel}, rank ${pool.maxLoraRank}`}>
            {(control) => (
              <Select
                {...control}
                className="w-full *:[select]:w-full"
                value={pool.id}
                onChange={(event) => setPoolId(event.target.value)}
                options={pools.map(({ id, name }) => ({ value: id, label: name }))}
              />
            )}
          </Field>
          <TextField
            label="Adapter name"
            hint="Used for folders named only after a tenant."
            maxLength={80}
            value={adapterName}
            onChange={setAdapterName}
          />
        </div>
        <Segments label="Where the folders are" options={WAYS} value={way} onChange={setWay} />
        {way === "path" && <FromPath key={pool.id} {...props} />}
        {way === "drop" && <FromDrop {...props} />}
        {way === "table" && <FromTable {...props} />}
        {way === "bucket" && <FromBucket {...props} />}
      </div>
    </Card>
  );
}
