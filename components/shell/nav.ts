import type { LucideIcon } from "lucide-react";
import Activity from "lucide-react/icons/activity";
import ArrowRightLeft from "lucide-react/icons/arrow-right-left";
import BellRing from "lucide-react/icons/bell-ring";
import Boxes from "lucide-react/icons/boxes";
import ChartLine from "lucide-react/icons/chart-line";
import FlaskConical from "lucide-react/icons/flask-conical";
import History from "lucide-react/icons/history";
import House from "lucide-react/icons/house";
import Layers from "lucide-react/icons/layers";
import Route from "lucide-react/icons/route";
import ScrollText from "lucide-react/icons/scroll-text";
import Server from "lucide-react/icons/server";
import Settings from "lucide-react/icons/settings";
import Siren from "lucide-react/icons/siren";
import Users from "lucide-react/icons/users";
import type { Action } from "#lib/identity/policy.ts";

export type NavEntry = {
  label: string;
  path: string;
  icon: LucideIcon;
  /** Pressed after `g`. */
  key: string;
  /** What one must be allowed to do to see the page at all. */
  action: Action;
  /** What is counted beside it. */
  count?: "alerts" | "incidents";
};
export type NavGroup = { label: string | null; entries: readonly NavEntry[] };

/**
 * The one list behind sidebar, breadcrumb, go-to keys and the help dialog. An entry stands here only once its page reads
 * real data; order, labels and keys are those of console.md B1.
 */
export const NAV: readonly NavGroup[] = [
  {
    label: null,
    // For those who may act on what it asks for; auditors land on the audit trail (console.md B2).
    entries: [{ label: "Overview", path: "/", icon: House, key: "o", action: "fleet.operate" }],
  },
  {
    label: "Customers",
    entries: [
      { label: "Tenants", path: "/tenants", icon: Users, key: "t", action: "tenant.read" },
      { label: "Adapters", path: "/adapters", icon: Layers, key: "a", action: "tenant.read" },
      { label: "Evals", path: "/evals", icon: FlaskConical, key: "e", action: "fleet.read" },
      { label: "Cutovers", path: "/cutovers", icon: Route, key: "c", action: "fleet.read" },
    ],
  },
  {
    label: "Fleet",
    entries: [
      { label: "Pools", path: "/pools", icon: Boxes, key: "p", action: "fleet.read" },
      { label: "Nodes", path: "/nodes", icon: Server, key: "n", action: "fleet.read" },
      { label: "Traffic", path: "/traffic", icon: ArrowRightLeft, key: "f", action: "fleet.read" },
    ],
  },
  {
    label: "Watch",
    entries: [
      { label: "Charts", path: "/charts", icon: ChartLine, key: "m", action: "fleet.read" },
      { label: "Alerts", path: "/alerts", icon: BellRing, key: "w", action: "fleet.read", count: "alerts" },
      { label: "Incidents", path: "/incidents", icon: Siren, key: "x", action: "fleet.read", count: "incidents" },
      { label: "Changes", path: "/changes", icon: History, key: "h", action: "fleet.read" },
    ],
  },
  {
    label: "Manage",
    entries: [
      { label: "Audit", path: "/audit", icon: ScrollText, key: "u", action: "audit.read" },
      { label: "Settings", path: "/settings", icon: Settings, key: "s", action: "fleet.read" },
      { label: "System", path: "/system", icon: Activity, key: "y", action: "fleet.read" },
    ],
  },
];

/** The groups this reader may see, without those that came out empty. */
export const navFor = (may: readonly Action[]): NavGroup[] =>
  NAV.map((group) => ({ ...group, entries: group.entries.filter((entry) => may.includes(entry.action)) })).filter(
    (group) => group.entries.length > 0,
  );

/** The entry a path lies under; the overview only for itself. */
export const entryOf = (pathname: string): NavEntry | undefined =>
  NAV.flatMap((group) => group.entries).find((entry) =>
    entry.path === "/" ? pathname === "/" : pathname === entry.path || pathname.startsWith(`${entry.path}/`),
  );
