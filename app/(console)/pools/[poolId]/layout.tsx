import type { ReactNode } from "react";
import { PoolFrame } from "#components/pools/pool-frame.tsx";

export default async function Layout({
  children,
  params,
}: {
  children: ReactNode;
  params: Promise<{ poolId: string }>;
}) {
  return <PoolFrame poolId={(await params).poolId}>{children}</PoolFrame>;
}
