"use client";

import { lazy, useState } from "react";
import type { Adapter } from "#lib/registry/schema.ts";
import { Button } from "../ui/button.tsx";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { OnceOpened } from "../ui/once-opened.tsx";
import { useDenied } from "../ui/reader.tsx";
import { Time } from "../ui/time.tsx";
import { useApiList } from "../ui/use-api.ts";

const AddAdapterDialog = lazy(() =>
  import("./add-adapter-dialog.tsx").then((module) => ({ default: module.AddAdapterDialog })),
);

const COLUMNS: readonly Column<Adapter>[] = [
  { id: "slug", header: "Adapter", cell: (row) => <code className="font-mono text-xs">{row.slug}</code> },
  { id: "name", header: "Name", cell: (row) => row.name, hideBelow: "sm" },
  { id: "default", header: "Default", cell: (row) => (row.isDefault ? "Yes" : "No"), hideBelow: "sm" },
  {
    id: "live",
    header: "Live",
    cell: (row) => (row.route.liveVersionNumber ? `v${row.route.liveVersionNumber}` : "–"),
  },
  { id: "versions", header: "Versions", align: "end", cell: (row) => row.versionCount },
  { id: "created", header: "Added", cell: (row) => <Time at={row.createdAt} />, hideBelow: "md" },
];

/** The adapters of one tenant. */
export function TenantAdapters({ tenantId }: { tenantId: string }) {
  const [isAdding, setAdding] = useState(false);
  const denied = useDenied("tenant.write");
  const list = useApiList("GET /adapters", { query: { tenantId } });
  const add = (
    <Button disabledReason={denied} onClick={() => setAdding(true)}>
      Add adapter
    </Button>
  );
  return (
    <div className="flex flex-col gap-3">
      <div className="flex justify-end">{add}</div>
      <DataTable
        label="Adapters"
        columns={COLUMNS}
        {...list.table}
        rowKey={(row) => row.id}
        rowHref={(row) => `/adapters/${row.id}`}
        empty={
          <EmptyState title="No adapter yet">
            An adapter is a series of versions for one base model. Its slug is the model name that callers send.
          </EmptyState>
        }
      />
      <OnceOpened open={isAdding}>
        <AddAdapterDialog tenantId={tenantId} open={isAdding} onOpenChange={setAdding} />
      </OnceOpened>
    </div>
  );
}
