import { titled } from "#app/titled.ts";
import { NodeTimeline } from "#components/nodes/node-timeline.tsx";

export const generateMetadata = titled("/nodes/[nodeId]/timeline");

export default async function Page({ params }: { params: Promise<{ nodeId: string }> }) {
  return <NodeTimeline nodeId={(await params).nodeId} />;
}
