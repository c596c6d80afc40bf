import type { ReactNode } from "react";
import { nodeFrameReads } from "#app/page-reads.ts";
import { Prefetched } from "#app/prefetched.tsx";
import { ControlsInForce } from "#components/controls/controls-in-force.tsx";
import { TakeControlOfNode } from "#components/controls/take-control.tsx";
import { NodeFrame } from "#components/nodes/node-frame.tsx";

export default async function Layout({
  children,
  params,
}: {
  children: ReactNode;
  params: Promise<{ nodeId: string }>;
}) {
  const { nodeId } = await params;
  return (
    <Prefetched read={nodeFrameReads(nodeId)}>
      <NodeFrame nodeId={nodeId} secondary={<TakeControlOfNode nodeId={nodeId} />}>
        <ControlsInForce nodeId={nodeId} />
        {children}
      </NodeFrame>
    </Prefetched>
  );
}
