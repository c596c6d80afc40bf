"use client";

import Link from "next/link";
import { useStale } from "#components/ui/as-of.tsx";
import { Card } from "#components/ui/card.tsx";
import { cn } from "#components/ui/cn.ts";
import { ErrorState } from "#components/ui/error-state.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Status } from "#components/ui/status.tsx";
import { Time } from "#components/ui/time.tsx";
import { useApi } from "#components/ui/use-api.ts";
import type { Node } from "#lib/fleet/schema.ts";

const REFRESH_MS = 5000;
const LIMIT = 200;

/** A tile for each node that serves customers, each the way to its board. What nobody saw is hatched, never green. */
export function NodeGrid({ poolId }: { poolId?: string }) {
  const read = useApi("GET /nodes", { query: { poolId, limit: LIMIT } }, { refreshMs: REFRESH_MS });
  const isStale = useStale(read.readAt, REFRESH_MS);
  const nodes = read.data?.items.filter(({ standalone }) => !standalone);
  return (
    <Card title="Nodes" aside={nodes?.length} stale={isStale}>
      {read.problem && <ErrorState problem={read.problem} onRetry={read.retry} size="inline" />}
      {nodes === undefined && !read.problem && <Skeleton className="h-20 w-full" />}
      {nodes?.length === 0 && <p className="text-md text-fg-2">No serving nodes here yet.</p>}
      {nodes && nodes.length > 0 && (
        <ul className="grid grid-cols-[repeat(auto-fill,minmax(11rem,1fr))] gap-2">
          {nodes.map((node) => (
            <Tile key={node.id} node={node} />
          ))}
        </ul>
      )}
      {read.data?.nextCursor && (
        <p className="mt-2 text-sm text-fg-3">
          The first {LIMIT} nodes; <Link href="/nodes">all nodes</Link>.
        </p>
      )}
    </Card>
  );
}

function Tile({ node }: { node: Node }) {
  const { desired, routable } = node.placements;
  return (
    <li>
      <Link
        href={`/charts/nodes/${node.id}`}
        className={cn(
          "flex flex-col gap-0.5 rounded-control border px-3 py-2 text-sm hover:border-line-control",
          (node.health === "unknown" || node.health === "unreachable") && "hatch",
        )}
      >
        <span className="truncate rounded-[3px] bg-bg font-medium">{node.name}</span>
        <span className="flex self-start rounded-[3px] bg-bg">
          <Status of="node" is={node.health} />
        </span>
        <span className="truncate rounded-[3px] bg-bg text-xs text-fg-3">
          {routable} of {desired} routable
          {" · "}
          {node.lastSeenAt ? <Time at={node.lastSeenAt} /> : "never seen"}
        </span>
        <span className="truncate rounded-[3px] bg-bg text-xs text-fg-3">
          {node.engineVersion ? `vLLM ${node.engineVersion}` : "Version unknown"}
        </span>
      </Link>
    </li>
  );
}
