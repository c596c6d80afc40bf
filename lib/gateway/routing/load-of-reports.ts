import type { GatewayReport } from "#lib/requests/traffic/gateway-report.ts";
import type { Load } from "./eligible-nodes.ts";
import type { NodeTraffic } from "./explain-route.ts";

/**
 * What gateways said of themselves, as the view that requests are routed by. A node that none of them mentions is trusted,
 * as a gateway trusts one that it has not checked. Lost names are not reported: they last for seconds only.
 * @param reports one of each live gateway; a node counts as out when any of them says so
 */
export function loadOfReports(reports: readonly GatewayReport[]): {
  load: Load;
  traffic: (nodeId: string) => NodeTraffic | null;
} {
  const nodes = reports.flatMap((report) => report.nodes);
  const openVersions = new Set(reports.flatMap((report) => report.openVersions));
  const of = (nodeId: string) => nodes.filter((node) => node.nodeId === nodeId);
  return {
    load: {
      isUp: (nodeId) => of(nodeId).every(({ isUp }) => isUp),
      isOpen: (nodeId) => of(nodeId).some(({ breaker }) => breaker === "open"),
      versionIsOpen: (versionId) => openVersions.has(versionId),
      hasLost: () => false,
    },
    traffic: (nodeId) => sumOf(of(nodeId)),
  };
}

function sumOf(reported: GatewayReport["nodes"]): NodeTraffic | null {
  if (reported.length === 0) return null;
  const adapters = new Map<string, number>();
  for (const { loraName, inFlight } of reported.flatMap((node) => node.adapters))
    adapters.set(loraName, (adapters.get(loraName) ?? 0) + inFlight);
  return {
    inFlight: reported.reduce((sum, { inFlight }) => sum + inFlight, 0),
    adapters,
    slots: Math.max(...reported.map(({ slots }) => slots)),
  };
}
