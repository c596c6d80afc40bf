import { redirect } from "next/navigation";
import { overviewReads } from "#app/page-reads.ts";
import { Prefetched } from "#app/prefetched.tsx";
import { requireStaff } from "#app/session.ts";
import { titled } from "#app/titled.ts";
import { OverviewPage } from "#components/overview/overview-page.tsx";
import { roleAllows } from "#lib/identity/policy.ts";

export const generateMetadata = titled("/");

/** Each role lands where its first question is answered: operators on call, admins at what moves, auditors at the trail. */
export default async function Page() {
  const viewer = await requireStaff();
  if (!roleAllows(viewer.role, "fleet.operate")) redirect("/audit");
  if (viewer.role === "operator") redirect("/right-now");
  return (
    <Prefetched read={overviewReads}>
      <OverviewPage />
    </Prefetched>
  );
}
