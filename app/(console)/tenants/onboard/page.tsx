import { titled } from "#app/titled.ts";
import { OnboardPage } from "#components/intake/wizard/onboard-page.tsx";

export const generateMetadata = titled("/tenants/onboard");

export default function Page() {
  return <OnboardPage />;
}
