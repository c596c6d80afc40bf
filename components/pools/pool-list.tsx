"use client";

import Plus from "lucide-react/icons/plus";
import { lazy, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { OnceOpened } from "#components/ui/once-opened.tsx";
import { poolsCall } from "#components/ui/page-calls.ts";
import { PageHeader } from "#components/ui/page-header.tsx";
import { useDenied } from "#components/ui/reader.tsx";
import { useApiList } from "#components/ui/use-api.ts";
import type { Pool } from "#lib/pools/schema.ts";

const AddPoolDialog = lazy(() => import("./add-pool-dialog.tsx").then((module) => ({ default: module.AddPoolDialog })));

const REFRESH_MS = 10_000;

const COLUMNS: readonly Column<Pool>[] = [
  { id: "name", header: "Pool", cell: (row) => row.name, width: "w-56" },
  { id: "base", header: "Base model", cell: (row) => row.baseModel, truncate: true, width: "w-full", hideBelow: "sm" },
  { id: "rank", header: "Rank", align: "end", cell: (row) => row.maxLoraRank },
  { id: "slots", header: "GPU slots", align: "end", cell: (row) => row.maxLoras, hideBelow: "sm" },
  { id: "cpu", header: "CPU cache", align: "end", cell: (row) => row.maxCpuLoras, hideBelow: "sm" },
  { id: "nodes", header: "Nodes", align: "end", cell: (row) => row.nodeCount },
  { id: "adapters", header: "Adapters", align: "end", cell: (row) => row.adapterCount },
];

/** All pools with the limits that every node and adapter of one shares. */
export function PoolList() {
  const [isAdding, setAdding] = useState(false);
  const denied = useDenied("fleet.write");
  const list = useApiList(...poolsCall, { refreshMs: REFRESH_MS });
  const add = (
    <Button variant="primary" icon={<Plus />} disabledReason={denied} onClick={() => setAdding(true)}>
      Add pool
    </Button>
  );
  return (
    <>
      <PageHeader title="Pools" primary={add} />
      <DataTable
        label="Pools"
        columns={COLUMNS}
        {...list.table}
        rowKey={(row) => row.id}
        rowHref={(row) => `/pools/${row.id}`}
        empty={
          <EmptyState title="No pools yet" action={add}>
            A pool is a set of nodes with one base model and one rank. You create it from the base model's config.json
            and tokenizer.json.
          </EmptyState>
        }
      />
      <OnceOpened open={isAdding}>{isAdding && <AddPoolDialog onClose={() => setAdding(false)} />}</OnceOpened>
    </>
  );
}
