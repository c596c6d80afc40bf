import { titled } from "#app/titled.ts";
import { RightNow } from "#components/explorer/right-now.tsx";
import { OpenIncidents } from "#components/incidents/open-incidents.tsx";

export const generateMetadata = titled("/right-now");

export default function Page() {
  return <RightNow incidents={<OpenIncidents />} />;
}
