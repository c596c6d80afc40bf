"use client";

import { type ReactNode, useState } from "react";
import type { Adapter, Version } from "#lib/registry/schema.ts";
import { Button, LinkButton, TextLink } from "../ui/button.tsx";
import { CopyId } from "../ui/copy.tsx";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { ErrorState } from "../ui/error-state.tsx";
import { formatBytes, formatBytesExact, quantityText } from "../ui/format.ts";
import { adapterTitle } from "../ui/object-title.ts";
import { adapterCall, versionsCall } from "../ui/page-calls.ts";
import { PageHeader } from "../ui/page-header.tsx";
import { useDenied } from "../ui/reader.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { Status } from "../ui/status.tsx";
import { Time } from "../ui/time.tsx";
import { Switch } from "../ui/toggle.tsx";
import { useApi, useApiList } from "../ui/use-api.ts";
import { AdapterPlacementCard } from "./adapter-placement.tsx";
import { AliasTags } from "./version/alias-tags.tsx";

const REFRESH_MS = 5000;

type AdapterPageProps = {
  adapterId: string;
  /** What is to be known before the versions, such as a draft on its way. */
  notice?: ReactNode;
};

/** One lineage: its route and its versions, newest first. */
export function AdapterPage({ adapterId, notice }: AdapterPageProps) {
  const read = useApi(...adapterCall(adapterId), { refreshMs: REFRESH_MS });
  const adapter = read.data;
  if (!adapter) {
    if (read.problem) return <ErrorState problem={read.problem} onRetry={read.retry} />;
    return <Skeleton className="h-40 w-full" />;
  }
  return <Loaded adapter={adapter} notice={notice} />;
}

function Loaded({ adapter, notice }: { adapter: Adapter; notice: ReactNode }) {
  const denied = useDenied("version.write");
  const list = useApiList(...versionsCall(adapter.id), { refreshMs: REFRESH_MS });
  const add = denied ? (
    <Button variant="primary" disabledReason={denied}>
      Add version
    </Button>
  ) : (
    <LinkButton href={`/adapters/${adapter.id}/add`} variant="primary">
      Add version
    </LinkButton>
  );
  const { route } = adapter;
  return (
    <>
      <PageHeader
        title={adapterTitle({ tenantName: adapter.tenantName, adapterSlug: adapter.slug })}
        parents={[{ label: "Adapters", href: "/adapters" }]}
        id={adapter.id}
        health={
          route.liveVersionNumber ? (
            <Status of="version" is={adapter.liveStatus ?? "live"} tinted reason={`v${route.liveVersionNumber}`} />
          ) : undefined
        }
        meta={
          <>
            <span>
              {adapter.name}, model name <code className="font-mono text-xs">{adapter.slug}</code>, of{" "}
              <TextLink href={`/tenants/${adapter.tenantId}`}>{adapter.tenantName}</TextLink>
            </span>
            {route.liveSince && (
              <span>
                live since <Time at={route.liveSince} />
              </span>
            )}
          </>
        }
        primary={add}
        secondary={
          adapter.versionCount > 1 && <LinkButton href={`/adapters/${adapter.id}/compare`}>Compare versions</LinkButton>
        }
      />
      {notice}
      <Lineage list={list} add={add} />
      <AdapterPlacementCard adapterId={adapter.id} />
    </>
  );
}

type VersionList = ReturnType<typeof useApiList<"GET /versions">>;

/** Versions, newest first. What was deleted leaves a row behind, since its number and name are never given again. */
function Lineage({ list, add }: { list: VersionList; add: ReactNode }) {
  const [showsDeleted, setShowsDeleted] = useState(false);
  const deleted = list.items?.filter(({ state }) => state === "deleted").length ?? 0;
  const rows = showsDeleted ? list.items : list.items?.filter(({ state }) => state !== "deleted");
  return (
    <div className="flex flex-col gap-2">
      <DataTable
        label="Versions"
        columns={COLUMNS}
        {...list.table}
        rows={rows}
        rowKey={(row) => row.id}
        rowHref={(row) => `/adapters/${row.adapterId}/versions/${row.id}`}
        empty={
          <EmptyState title="No version yet" action={add}>
            Drop the folder that PEFT wrote: adapter_config.json and adapter_model.safetensors.
          </EmptyState>
        }
      />
      {deleted > 0 && (
        <Switch
          label={`Show ${deleted} deleted ${deleted === 1 ? "version" : "versions"}`}
          checked={showsDeleted}
          onChange={(event) => setShowsDeleted(event.target.checked)}
        />
      )}
    </div>
  );
}

const COLUMNS: readonly Column<Version>[] = [
  { id: "number", header: "Version", cell: (row) => `v${row.number}`, width: "w-20" },
  {
    id: "state",
    header: "State",
    cell: (row) => (
      <span className="inline-flex items-center gap-2">
        <Status of="version" is={row.status} />
        <AliasTags aliases={row.aliases.filter((alias) => alias !== row.status)} />
      </span>
    ),
    width: "w-56",
  },
  { id: "rank", header: "Rank", align: "end", hideBelow: "sm", cell: (row) => row.rank ?? "–", width: "w-16" },
  {
    id: "size",
    header: "Size",
    align: "end",
    hideBelow: "md",
    cell: (row) => <span title={formatBytesExact(row.sizeBytes)}>{quantityText(formatBytes(row.sizeBytes))}</span>,
  },
  {
    id: "digest",
    header: "Digest",
    hideBelow: "md",
    cell: (row) => (row.digest ? <CopyId id={row.digest} label="digest" /> : "–"),
  },
  { id: "origin", header: "Added by", hideBelow: "lg", truncate: true, width: "w-full", cell: (row) => row.origin.by },
  { id: "created", header: "Added", cell: (row) => <Time at={row.createdAt} /> },
];
