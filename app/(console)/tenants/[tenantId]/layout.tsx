import type { Metadata } from "next";
import type { ReactNode } from "react";
import { TenantFrame } from "#components/tenants/tenant-frame.tsx";

export const metadata: Metadata = { title: "Tenant" };

export default async function Layout({
  children,
  params,
}: {
  children: ReactNode;
  params: Promise<{ tenantId: string }>;
}) {
  const { tenantId } = await params;
  return <TenantFrame tenantId={tenantId}>{children}</TenantFrame>;
}
