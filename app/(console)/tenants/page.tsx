import { createLoader, type SearchParams } from "nuqs/server";
import { tenantListReads } from "#app/page-reads.ts";
import { Prefetched } from "#app/prefetched.tsx";
import { titled } from "#app/titled.ts";
import { TenantList } from "#components/tenants/tenant-list.tsx";
import { TENANT_VIEW } from "#components/ui/page-calls.ts";

export const generateMetadata = titled("/tenants");

const readView = createLoader(TENANT_VIEW);

export default async function Page({ searchParams }: { searchParams: Promise<SearchParams> }) {
  return (
    <Prefetched read={tenantListReads(await readView(searchParams))}>
      <TenantList />
    </Prefetched>
  );
}
