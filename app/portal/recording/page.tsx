import { titled } from "#app/titled.ts";
import { PortalRecording } from "#components/recording/portal-recording.tsx";

export const generateMetadata = titled("/portal/recording");

export default function Page() {
  return <PortalRecording />;
}
