import type { ScrapeTarget } from "../schema.ts";

/** A node, as far as another monitoring system has to know it. */
export type TargetNode = {
  id: string;
  name: string;
  baseUrl: string;
  pool: string;
  gpu: string | null;
  simulated: boolean;
};

const DEFAULT_PORTS: Record<string, string> = { "http:": "80", "https:": "443" };

/**
 * A node in the shape of Prometheus' HTTP service discovery (`http_sd_configs`). Scheme and path go by the labels that
 * Prometheus reads itself; the others are on every series, under the names that our dashboards and rules use.
 */
export function scrapeTarget({ id, name, baseUrl, pool, gpu, simulated }: TargetNode): ScrapeTarget {
  const { protocol, hostname, port, pathname } = new URL(baseUrl);
  return {
    targets: [`${hostname}:${port || (DEFAULT_PORTS[protocol] ?? "80")}`],
    labels: {
      __scheme__: protocol.slice(0, -1),
      __metrics_path__: `${pathname.replace(/\/+$/, "")}/metrics`,
      node: name,
      node_id: id,
      pool,
      ...(gpu === null ? {} : { gpu }),
      simulated: String(simulated),
    },
  };
}
