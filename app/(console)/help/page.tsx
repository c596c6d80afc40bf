import { titled } from "#app/titled.ts";
import { HelpPage } from "#components/help/help-page.tsx";

export const generateMetadata = titled("/help");

export default function Page() {
  return <HelpPage />;
}
