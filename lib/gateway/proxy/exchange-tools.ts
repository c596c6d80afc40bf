import type { Log } from "#lib/platform/log.ts";
import type { RequestTrace } from "#lib/requests/trace/trace.ts";
import type { Durations } from "#lib/requests/usage/durations.ts";
import type { LiveCounts } from "../live-counts.ts";
import type { GatewayMetrics } from "../metrics.ts";
import type { NodeHealth } from "../routing/node-health.ts";
import type { Upstream } from "../upstream/upstream.ts";
import type { Mirrors } from "./mirrors.ts";
import type { WalkTools } from "./option-walk.ts";
import type { RetryBudget } from "./retry-budget.ts";
import type { StalledRequests } from "./stalled-requests.ts";

/** What every exchange of a gateway shares. */
export type ExchangeTools = WalkTools & {
  upstream: Upstream;
  health: NodeHealth;
  retries: RetryBudget;
  stalledRequests: StalledRequests;
  mirrors: Mirrors;
  live: LiveCounts;
  metrics: GatewayMetrics;
  /** @param interToken gaps between chunks, to be read at once; null = the reply was no stream */
  recordTrace: (trace: RequestTrace, interToken: Durations | null) => void;
  log: Log;
};
