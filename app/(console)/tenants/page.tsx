import { titled } from "#app/titled.ts";
import { TenantList } from "#components/tenants/tenant-list.tsx";

export const generateMetadata = titled("/tenants");

export default function Page() {
  return <TenantList />;
}
