import type { Metadata } from "next";
import { ChannelsPage } from "#components/settings/channels/channels-page.tsx";

export const metadata: Metadata = { title: "Notifications" };

export default function Page() {
  return <ChannelsPage />;
}
