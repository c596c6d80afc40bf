import type { Metadata } from "next";
import { TenantBoard } from "#components/explorer/scope-boards.tsx";

export const metadata: Metadata = { title: "Tenant board" };

export default async function Page({ params }: { params: Promise<{ tenantId: string }> }) {
  return <TenantBoard tenantId={(await params).tenantId} />;
}
