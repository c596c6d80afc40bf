import { NodeTimeline } from "#components/nodes/node-timeline.tsx";

export default async function Page({ params }: { params: Promise<{ nodeId: string }> }) {
  return <NodeTimeline nodeId={(await params).nodeId} />;
}
