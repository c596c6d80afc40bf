import type { Metadata } from "next";
import type { ReactNode } from "react";
import { NodeFrame } from "#components/nodes/node-frame.tsx";

export const metadata: Metadata = { title: "Node" };

export default async function Layout({
  children,
  params,
}: {
  children: ReactNode;
  params: Promise<{ nodeId: string }>;
}) {
  return <NodeFrame nodeId={(await params).nodeId}>{children}</NodeFrame>;
}
