"use client";

import { useRouter } from "next/navigation";
import { parseAsString, useQueryState } from "nuqs";
import { useState } from "react";
import type { Adapter, Version } from "#lib/registry/schema.ts";
import { TextLink } from "../../ui/button.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { ErrorState } from "../../ui/error-state.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { useDenied } from "../../ui/reader.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { useApi } from "../../ui/use-api.ts";
import { AddVersionPanel } from "./add-version-panel.tsx";

/** Adds a version to an adapter; with `?version=` it goes on with a draft, or from one that was refused. */
export function AddVersionPage({ adapterId }: { adapterId: string }) {
  const read = useApi("GET /adapters/{adapterId}", { params: { adapterId } });
  const denied = useDenied("version.write");
  const adapter = read.data;
  if (!adapter) {
    if (read.problem) return <ErrorState problem={read.problem} onRetry={read.retry} />;
    return <Skeleton className="h-40 w-full" />;
  }
  return (
    <>
      <PageHeader
        title={`Add version to ${adapter.tenantName} · ${adapter.slug}`}
        parents={[
          { label: "Adapters", href: "/adapters" },
          { label: adapter.name, href: `/adapters/${adapter.id}` },
        ]}
        meta={<PoolLine adapter={adapter} />}
      />
      {denied ? (
        <EmptyState title="Only admins add versions">{denied}</EmptyState>
      ) : (
        <div className="max-w-220">
          <Intake adapter={adapter} />
        </div>
      )}
    </>
  );
}

function PoolLine({ adapter }: { adapter: Adapter }) {
  const pool = useApi("GET /pools/{poolId}", { params: { poolId: adapter.poolId } }).data;
  if (!pool) return <span>{adapter.tenantName}</span>;
  return (
    <span>
      {adapter.tenantName} · pool <TextLink href={`/pools/${pool.id}`}>{pool.name}</TextLink>: {pool.baseModel}, rank{" "}
      {pool.maxLoraRank} · <TextLink href={`/pools/${pool.id}/contract`}>training contract</TextLink>
    </span>
  );
}

function Intake({ adapter }: { adapter: Adapter }) {
  const router = useRouter();
  const [versionId, setVersionId] = useQueryState("version", parseAsString.withDefault(""));
  // A draft opened here is known before it is read again: the panel that sends it must stay on the page.
  const [opened, setOpened] = useState<Version | null>(null);
  const read = useApi("GET /versions/{versionId}", { params: { versionId } }, { enabled: versionId !== "" });
  const current = [read.data, opened].find((version) => version?.id === versionId) ?? null;
  if (versionId !== "" && current === null)
    return read.problem ? (
      <ErrorState problem={read.problem} onRetry={read.retry} />
    ) : (
      <Skeleton className="h-40 w-full" />
    );
  return (
    <AddVersionPanel
      adapter={adapter}
      current={current?.adapterId === adapter.id ? current : null}
      onDraft={(draft) => {
        setOpened(draft);
        void setVersionId(draft.id);
      }}
      onStartOver={() => void setVersionId(null)}
      onDone={(done) => router.push(`/adapters/${adapter.id}/versions/${done.id}`)}
    />
  );
}
