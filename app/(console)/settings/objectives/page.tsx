import { titled } from "#app/titled.ts";
import { ObjectivesPage } from "#components/settings/objectives/objectives-page.tsx";

export const generateMetadata = titled("/settings/objectives");

export default function Page() {
  return <ObjectivesPage />;
}
