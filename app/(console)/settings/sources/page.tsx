import { titled } from "#app/titled.ts";
import { SourcesPage } from "#components/settings/sources-page.tsx";

export const generateMetadata = titled("/settings/sources");

export default function Page() {
  return <SourcesPage />;
}
