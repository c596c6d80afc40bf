import { titled } from "#app/titled.ts";
import { PortalVersions } from "#components/portal/portal-versions.tsx";

export const generateMetadata = titled("/portal/versions");

export default function Page() {
  return <PortalVersions />;
}
