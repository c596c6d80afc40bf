import type { Metadata } from "next";
import { EndpointsPage } from "#components/settings/endpoints/endpoints-page.tsx";

export const metadata: Metadata = { title: "Endpoints" };

export default function Page() {
  return <EndpointsPage />;
}
