import { titled } from "#app/titled.ts";
import { DefaultRelease } from "#components/release/default-release.tsx";
import { GeneralPage } from "#components/settings/general/general-page.tsx";

export const generateMetadata = titled("/settings");

export default function Page() {
  return <GeneralPage release={<DefaultRelease />} />;
}
