import type { Tab } from "#components/ui/tabs.tsx";

/** Console.md B1; a tab is listed only once its page reads real data. */
export const PORTAL_TABS: readonly Tab[] = [
  { label: "Status", href: "/portal" },
  { label: "Versions", href: "/portal/versions" },
  { label: "Requests", href: "/portal/requests" },
  { label: "Recorded requests", href: "/portal/recording" },
  { label: "Keys", href: "/portal/keys", needs: "key.read" },
];
