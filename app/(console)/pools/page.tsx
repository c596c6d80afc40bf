import type { Metadata } from "next";
import { PoolList } from "#components/pools/pool-list.tsx";

export const metadata: Metadata = { title: "Pools" };

export default function Page() {
  return <PoolList />;
}
