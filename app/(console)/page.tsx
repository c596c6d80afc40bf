import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { requireStaff } from "#app/session.ts";
import { OverviewPage } from "#components/overview/overview-page.tsx";
import { roleAllows } from "#lib/identity/policy.ts";

export const metadata: Metadata = { title: "Overview" };

/** The landing page of those who act; an auditor's is the audit trail. */
export default async function Page() {
  const viewer = await requireStaff();
  if (!roleAllows(viewer.role, "fleet.operate")) redirect("/audit");
  return <OverviewPage />;
}
