import { Tabs } from "#components/ui/tabs.tsx";

/** The explorer asks anything; a board shows what is always asked, in one order. */
export const BoardTabs = () => (
  <Tabs
    label="Kinds of charts"
    tabs={[
      { label: "Explorer", href: "/charts" },
      { label: "Fleet board", href: "/charts/fleet" },
    ]}
  />
);
