import type { ReactNode } from "react";
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
    <NodeFrame nodeId={nodeId} secondary={<TakeControlOfNode nodeId={nodeId} />}>
      <ControlsInForce nodeId={nodeId} />
      {children}
    </NodeFrame>
  );
}
