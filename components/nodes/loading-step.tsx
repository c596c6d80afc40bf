"use client";

import { LinkButton, TextLink } from "#components/ui/button.tsx";
import { Notice } from "#components/ui/card.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Status } from "#components/ui/status.tsx";
import { healthSince } from "./node-facts.ts";
import { POLL_MS, useNode } from "./node-frame.tsx";
import { LoadedCount } from "./node-marks.tsx";

/** The node is added: how far its first loads are, as they come. */
export function LoadingStep({ nodeId }: { nodeId: string }) {
  const read = useNode(nodeId);
  const node = read.data;
  if (!node) {
    if (read.problem) return <ErrorState problem={read.problem} onRetry={read.retry} />;
    return <Skeleton className="h-24 w-full" />;
  }
  const { desired, routable } = node.placements;
  return (
    <div className="flex flex-col gap-4">
      <Notice tone="ok">{node.name} is added.</Notice>
      <div role="status" className="flex flex-wrap items-center gap-x-4 gap-y-1 text-md">
        <Status of="node" is={node.health} since={healthSince(node)} />
        <span>
          Routable: <LoadedCount placements={node.placements} />
        </span>
        <span className="text-sm text-fg-3">
          {desired > 0 && routable === desired ? "All loads verified." : `Polled every ${POLL_MS / 1000} s.`}
        </span>
      </div>
      {node.healthReason && <p className="text-md text-fg-2">{node.healthReason}</p>}
      <div className="flex flex-wrap items-center gap-3">
        <LinkButton variant="primary" href={`/nodes/${node.id}`}>
          Open {node.name}
        </LinkButton>
        <TextLink href={`/nodes/${node.id}/placements`} className="text-sm">
          View loaded adapters
        </TextLink>
      </div>
    </div>
  );
}
