import type { Metadata } from "next";
import type { ReactNode } from "react";
import { PoolFrame } from "#components/pools/pool-frame.tsx";

export const metadata: Metadata = { title: "Pool" };

export default async function Layout({
  children,
  params,
}: {
  children: ReactNode;
  params: Promise<{ poolId: string }>;
}) {
  return <PoolFrame poolId={(await params).poolId}>{children}</PoolFrame>;
}
