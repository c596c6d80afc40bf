import type { Metadata } from "next";
import { SourcesPage } from "#components/settings/sources-page.tsx";

export const metadata: Metadata = { title: "Import sources" };

export default function Page() {
  return <SourcesPage />;
}
