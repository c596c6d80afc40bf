import { titled } from "#app/titled.ts";
import { ChannelsPage } from "#components/settings/channels/channels-page.tsx";

export const generateMetadata = titled("/settings/notifications");

export default function Page() {
  return <ChannelsPage />;
}
