import { titled } from "#app/titled.ts";
import { EndpointsPage } from "#components/settings/endpoints/endpoints-page.tsx";

export const generateMetadata = titled("/settings/endpoints");

export default function Page() {
  return <EndpointsPage />;
}
