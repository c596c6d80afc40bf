import type { Metadata } from "next";
import { NodeBoard } from "#components/explorer/scope-boards.tsx";

export const metadata: Metadata = { title: "Node board" };

export default async function Page({ params }: { params: Promise<{ nodeId: string }> }) {
  return <NodeBoard nodeId={(await params).nodeId} />;
}
