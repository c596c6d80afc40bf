import type { Metadata } from "next";
import { DefaultRelease } from "#components/release/default-release.tsx";
import { GeneralPage } from "#components/settings/general/general-page.tsx";

export const metadata: Metadata = { title: "Settings" };

export default function Page() {
  return <GeneralPage release={<DefaultRelease />} />;
}
