import { titled } from "#app/titled.ts";
import { NodeBoard } from "#components/explorer/scope-boards.tsx";

export const generateMetadata = titled("/charts/nodes/[nodeId]");

export default async function Page({ params }: { params: Promise<{ nodeId: string }> }) {
  return <NodeBoard nodeId={(await params).nodeId} />;
}
