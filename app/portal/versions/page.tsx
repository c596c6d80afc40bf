import type { Metadata } from "next";
import { PortalVersions } from "#components/portal/portal-versions.tsx";

export const metadata: Metadata = { title: "Versions" };

export default function Page() {
  return <PortalVersions />;
}
