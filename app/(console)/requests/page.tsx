import { createLoader, type SearchParams } from "nuqs/server";
import { requestListReads } from "#app/page-reads.ts";
import { Prefetched } from "#app/prefetched.tsx";
import { titled } from "#app/titled.ts";
import { RequestList } from "#components/requests/request-list.tsx";
import { REQUEST_VIEW } from "#components/ui/page-calls.ts";

export const generateMetadata = titled("/requests");

const readView = createLoader(REQUEST_VIEW);

export default async function Page({ searchParams }: { searchParams: Promise<SearchParams> }) {
  return (
    <Prefetched read={requestListReads(await readView(searchParams))}>
      <RequestList audience="staff" />
    </Prefetched>
  );
}
