import { poolListReads } from "#app/page-reads.ts";
import { Prefetched } from "#app/prefetched.tsx";
import { titled } from "#app/titled.ts";
import { PoolList } from "#components/pools/pool-list.tsx";

export const generateMetadata = titled("/pools");

export default function Page() {
  return (
    <Prefetched read={poolListReads}>
      <PoolList />
    </Prefetched>
  );
}
