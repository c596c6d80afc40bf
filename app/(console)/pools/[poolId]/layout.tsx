import type { ReactNode } from "react";
import { poolFrameReads } from "#app/page-reads.ts";
import { Prefetched } from "#app/prefetched.tsx";
import { PoolFrame } from "#components/pools/pool-frame.tsx";

export default async function Layout({
  children,
  params,
}: {
  children: ReactNode;
  params: Promise<{ poolId: string }>;
}) {
  const { poolId } = await params;
  return (
    <Prefetched read={poolFrameReads(poolId)}>
      <PoolFrame poolId={poolId}>{children}</PoolFrame>
    </Prefetched>
  );
}
