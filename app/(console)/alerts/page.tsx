import { createLoader, type SearchParams } from "nuqs/server";
import { alertListReads } from "#app/page-reads.ts";
import { Prefetched } from "#app/prefetched.tsx";
import { titled } from "#app/titled.ts";
import { AlertList } from "#components/alerts/alert-list.tsx";
import { ALERT_VIEW } from "#components/ui/page-calls.ts";

export const generateMetadata = titled("/alerts");

const readView = createLoader(ALERT_VIEW);

export default async function Page({ searchParams }: { searchParams: Promise<SearchParams> }) {
  return (
    <Prefetched read={alertListReads(await readView(searchParams))}>
      <AlertList />
    </Prefetched>
  );
}
