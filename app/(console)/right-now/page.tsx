import type { Metadata } from "next";
import { RightNow } from "#components/explorer/right-now.tsx";
import { OpenIncidents } from "#components/incidents/open-incidents.tsx";

export const metadata: Metadata = { title: "Right now" };

export default function Page() {
  return <RightNow incidents={<OpenIncidents />} />;
}
