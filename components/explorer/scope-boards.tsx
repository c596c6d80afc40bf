"use client";

import type { ReactNode } from "react";
import type { ChartScope } from "#components/charts/metric-chart.tsx";
import { LinkButton, TextLink } from "#components/ui/button.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Status } from "#components/ui/status.tsx";
import { useApi } from "#components/ui/use-api.ts";
import type { Problem } from "#lib/http/schema.ts";
import { BoardBar, BoardCharts } from "./board.tsx";
import type { BoardKind } from "./boards.ts";
import { FiringAlerts } from "./firing-alerts.tsx";
import { NodeGrid } from "./node-grid.tsx";
import { OpenFindings } from "./open-findings.tsx";
import { PoolResidency, ResidencyOverTime } from "./residency/residency-over-time.tsx";
import { useRange, useSharedChart } from "./use-range.ts";

const PARENTS = [
  { label: "Charts", href: "/charts" },
  { label: "Fleet board", href: "/charts/fleet" },
];
const REFRESH_MS = 10_000;

/** One pool: latency, queue, evictions, and what its engines do. */
export function PoolBoard({ poolId }: { poolId: string }) {
  const read = useApi("GET /pools/{poolId}", { params: { poolId } }, { refreshMs: REFRESH_MS });
  return (
    <Board
      kind="pool"
      scope={{ poolId }}
      name={read.data?.name}
      problem={read.problem}
      onRetry={read.retry}
      href={`/pools/${poolId}`}
    >
      <NodeGrid poolId={poolId} />
      <PoolResidency poolId={poolId} />
    </Board>
  );
}

/** One node: the same, and which adapters it moved. */
export function NodeBoard({ nodeId }: { nodeId: string }) {
  const read = useApi("GET /nodes/{nodeId}", { params: { nodeId } }, { refreshMs: REFRESH_MS });
  const node = read.data;
  return (
    <Board
      kind="node"
      scope={{ nodeId }}
      name={node?.name}
      problem={read.problem}
      onRetry={read.retry}
      href={`/nodes/${nodeId}`}
      health={node && <Status of="node" is={node.health} tinted />}
      meta={
        node && (
          <>
            <span>{node.healthReason}</span>
            <span>
              Pool <TextLink href={`/charts/pools/${node.poolId}`}>{node.poolSlug}</TextLink>
            </span>
          </>
        )
      }
    >
      <ResidencyOverTime nodeId={nodeId} />
    </Board>
  );
}

/** One tenant, by the gateway's own record. */
export function TenantBoard({ tenantId }: { tenantId: string }) {
  const read = useApi("GET /journey/tenants/{tenantId}", { params: { tenantId } }, { refreshMs: REFRESH_MS });
  const tenant = read.data;
  return (
    <Board
      kind="tenant"
      scope={{ tenantId }}
      name={tenant?.name}
      problem={read.problem}
      onRetry={read.retry}
      href={`/tenants/${tenantId}`}
      health={tenant && <Status of="service" is={tenant.health.state} tinted />}
      meta={tenant?.health.sentence}
    >
      <p className="max-w-[72ch] text-md text-fg-2">
        Engines do not report per tenant. The pool and node boards show evictions, swap source and load.
      </p>
    </Board>
  );
}

type BoardProps = {
  kind: BoardKind;
  scope: ChartScope;
  /** Undefined while it is on its way. */
  name: string | undefined;
  problem: Problem | null;
  onRetry: () => void;
  /** The object's own page. */
  href: string;
  health?: ReactNode;
  meta?: ReactNode;
  children: ReactNode;
};

function Board({ kind, scope, name, problem, onRetry, href, health, meta, children }: BoardProps) {
  const view = useRange();
  const shared = useSharedChart(view);
  if (problem && name === undefined)
    return (
      <>
        <PageHeader title="Board" parents={PARENTS} />
        <ErrorState problem={problem} onRetry={onRetry} />
      </>
    );
  return (
    <>
      {name === undefined ? (
        <Skeleton className="h-13 w-full" />
      ) : (
        <PageHeader
          title={name}
          parents={PARENTS}
          health={health}
          meta={meta}
          secondary={<LinkButton href={href}>Open {kind}</LinkButton>}
        />
      )}
      {problem && <ErrorState problem={problem} onRetry={onRetry} size="inline" />}
      <BoardBar view={view} />
      <FiringAlerts scope={scope} />
      {kind !== "tenant" && <OpenFindings scope={scope} />}
      <BoardCharts kind={kind} scope={scope} shared={shared} />
      {children}
    </>
  );
}
