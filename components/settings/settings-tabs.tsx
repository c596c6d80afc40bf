"use client";

import { useReader } from "../ui/reader.tsx";
import { Tabs } from "../ui/tabs.tsx";

/** The sections of the settings that this reader may see; each page stands under the same ones. */
export function SettingsTabs() {
  const { may } = useReader();
  return (
    <Tabs
      label="Settings sections"
      tabs={[
        { label: "General", href: "/settings" },
        { label: "Endpoints", href: "/settings/endpoints" },
        { label: "Objectives", href: "/settings/objectives" },
        { label: "Notifications", href: "/settings/notifications" },
        ...(may.includes("settings.write") ? [{ label: "Import sources", href: "/settings/sources" }] : []),
      ]}
    />
  );
}
