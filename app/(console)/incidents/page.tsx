import { titled } from "#app/titled.ts";
import { IncidentList } from "#components/incidents/incident-list.tsx";

export const generateMetadata = titled("/incidents");

export default function Page() {
  return <IncidentList />;
}
