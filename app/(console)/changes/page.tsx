import { titled } from "#app/titled.ts";
import { ChangesPage } from "#components/changes/changes-page.tsx";

export const generateMetadata = titled("/changes");

export default function Page() {
  return <ChangesPage />;
}
