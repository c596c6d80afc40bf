"use client";

import { type ReactNode, useState } from "react";
import { Button, LinkButton, TextLink } from "#components/ui/button.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { poolCall } from "#components/ui/page-calls.ts";
import { PageHeader } from "#components/ui/page-header.tsx";
import { useDenied } from "#components/ui/reader.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Tabs } from "#components/ui/tabs.tsx";
import { useApi } from "#components/ui/use-api.ts";
import type { Pool } from "#lib/pools/schema.ts";
import { DeletePoolDialog } from "./delete-pool-dialog.tsx";

const REFRESH_MS = 10_000;
const PARENTS = [{ label: "Pools", href: "/pools" }];

/** One pool; its tabs share the answer. */
export const usePool = (poolId: string) => useApi(...poolCall(poolId), { refreshMs: REFRESH_MS });

/** Header and tabs of one pool. */
export function PoolFrame({ poolId, children }: { poolId: string; children: ReactNode }) {
  const read = usePool(poolId);
  const denied = useDenied("fleet.write");
  const [isDeleting, setDeleting] = useState(false);
  const pool = read.data;
  if (!pool) {
    if (read.problem)
      return (
        <>
          <PageHeader title="Pool" parents={PARENTS} />
          <ErrorState problem={read.problem} onRetry={read.retry} />
        </>
      );
    return <Skeleton className="h-20 w-full" />;
  }
  return (
    <>
      <PageHeader
        title={pool.name}
        parents={PARENTS}
        id={pool.id}
        meta={
          <>
            <span>
              {pool.baseModel}, rank {pool.maxLoraRank}
            </span>
            <TextLink href={`/charts/pools/${pool.id}`}>Board of this pool</TextLink>
          </>
        }
        primary={
          denied ? (
            <Button variant="primary" disabledReason={denied}>
              Add node
            </Button>
          ) : (
            <LinkButton variant="primary" href={`/nodes/add?pool=${pool.id}`}>
              Add node
            </LinkButton>
          )
        }
        more={[
          {
            kind: "action",
            label: "Delete pool…",
            onSelect: () => setDeleting(true),
            disabledReason: denied,
            tone: "danger",
          },
        ]}
        tabs={<PoolTabs pool={pool} />}
      />
      <DeletePoolDialog pool={pool} open={isDeleting} onOpenChange={setDeleting} />
      {children}
    </>
  );
}

function PoolTabs({ pool }: { pool: Pool }) {
  const root = `/pools/${pool.id}`;
  return (
    <Tabs
      label={`Sections of ${pool.name}`}
      tabs={[
        { label: "Summary", href: root },
        { label: "Nodes", href: `${root}/nodes`, count: pool.nodeCount },
        { label: "Placement", href: `${root}/placement` },
        { label: "Rollouts", href: `${root}/rollouts` },
        { label: "Launch", href: `${root}/launch` },
        { label: "Training contract", href: `${root}/contract` },
      ]}
    />
  );
}
