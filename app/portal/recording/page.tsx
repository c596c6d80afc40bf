import type { Metadata } from "next";
import { PortalRecording } from "#components/recording/portal-recording.tsx";

export const metadata: Metadata = { title: "Recorded requests" };

export default function Page() {
  return <PortalRecording />;
}
