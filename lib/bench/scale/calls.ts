import { CHART_METRICS } from "#lib/metrics/browser/chart-metrics.ts";
import { idAt } from "../registry/many-adapters.ts";

export const GROUPS = ["lists", "charts", "overview", "portal"] as const;
export type Group = (typeof GROUPS)[number];
/** `as` a customer: with a key of one tenant. */
export type Call = { group: Group; as: "admin" | "customer"; path: string };

const TENANT = idAt("ten", 77);
const HOUR = 3_600_000;

/** What people ask of the API on a working day. @param now where ranges end */
export function callsAt(now: Date): Call[] {
  const since = (hours: number) => `from=${new Date(now.getTime() - hours * HOUR).toISOString()}`;
  const admin = (group: Group, paths: readonly string[]) => paths.map((path): Call => ({ group, as: "admin", path }));
  return [
    ...admin("lists", [
      ...["tenants", "journey/tenants", "adapters", "versions", "nodes", "requests", "health/tenants", "placements"],
      ...["alerts", "findings", "audit", "objectives", "fallbacks", "runs", "cutovers", "incidents", "suite-readiness"],
      ...["tenants?q=tenant-77", "adapters?q=orders&sort=tenant", `requests?tenantId=${TENANT}`, "rankings/tenants"],
    ]),
    ...admin("charts", [
      ...CHART_METRICS.map((metric) => `charts/${metric}?${since(24)}`),
      ...["latency", "requests", "errors"].map((metric) => `charts/${metric}?${since(24)}&by=tenant`),
      ...["latency", "requests"].map((metric) => `charts/${metric}?${since(1)}`),
      `charts/latency?${since(24 * 30)}&tenantId=${TENANT}`,
    ]),
    ...admin("overview", ["overview", "first-run", "pulse", "changes", "traffic", "system"]),
    ...[
      ...[
        "me",
        "tenants",
        `journey/tenants/${TENANT}`,
        "adapters",
        "versions",
        "requests",
        "incident-updates",
        "objectives",
      ],
      ...[`charts/latency?${since(24)}`, `charts/requests?${since(24)}`, `usage?${since(24 * 30)}`, "health/tenants"],
    ].map((path): Call => ({ group: "portal", as: "customer", path })),
  ];
}

export { TENANT as CUSTOMER };
