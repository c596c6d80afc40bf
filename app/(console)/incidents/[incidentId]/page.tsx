import { titled } from "#app/titled.ts";
import { IncidentPage } from "#components/incidents/incident-page.tsx";

export const generateMetadata = titled("/incidents/[incidentId]");

export default async function Page({ params }: { params: Promise<{ incidentId: string }> }) {
  return <IncidentPage incidentId={(await params).incidentId} />;
}
