import { titled } from "#app/titled.ts";
import { OverviewPage } from "#components/overview/overview-page.tsx";

export const generateMetadata = titled("/onboarding");

export default function Page() {
  return <OverviewPage />;
}
