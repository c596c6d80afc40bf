import type { Metadata } from "next";
import { PoolBoard } from "#components/explorer/scope-boards.tsx";

export const metadata: Metadata = { title: "Pool board" };

export default async function Page({ params }: { params: Promise<{ poolId: string }> }) {
  return <PoolBoard poolId={(await params).poolId} />;
}
