import { Tabs } from "./tabs.tsx";

/** The two landing pages of staff: one for who sets up, one for who is on call. */
export const OverviewTabs = () => (
  <Tabs
    label="Sections of the overview"
    tabs={[
      { label: "Onboarding & fleet", href: "/onboarding", shownAt: "/" },
      { label: "Right now", href: "/right-now" },
    ]}
  />
);
