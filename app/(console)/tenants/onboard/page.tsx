import type { Metadata } from "next";
import { OnboardPage } from "#components/intake/wizard/onboard-page.tsx";

export const metadata: Metadata = { title: "Onboard a tenant" };

export default function Page() {
  return <OnboardPage />;
}
