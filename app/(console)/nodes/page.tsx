import { createLoader, type SearchParams } from "nuqs/server";
import { nodeListReads } from "#app/page-reads.ts";
import { Prefetched } from "#app/prefetched.tsx";
import { titled } from "#app/titled.ts";
import { NodeList } from "#components/nodes/node-list.tsx";
import { NODE_POOL } from "#components/ui/page-calls.ts";

export const generateMetadata = titled("/nodes");

const readView = createLoader(NODE_POOL);

export default async function Page({ searchParams }: { searchParams: Promise<SearchParams> }) {
  return (
    <Prefetched read={nodeListReads((await readView(searchParams)).pool || undefined)}>
      <NodeList />
    </Prefetched>
  );
}
