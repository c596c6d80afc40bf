import type { GatewayReport } from "#lib/requests/traffic/gateway-report.ts";
import type { Admission } from "./admission/admission.ts";
import type { LiveCounts } from "./live-counts.ts";
import type { Breakers } from "./routing/breakers.ts";
import type { NodeHealth } from "./routing/node-health.ts";
import type { Snapshot } from "./snapshot/snapshot.ts";

type Reported = {
  snapshot: () => Snapshot | null;
  admission: Admission;
  health: NodeHealth;
  breakers: Breakers;
  live: LiveCounts;
  /** Milliseconds of any steady clock. */
  now: () => number;
};

/** After the last request that got no place, a pool counts as saturated for so long. */
const SATURATED_MS = 10_000;

/** What this gateway sees, every time it is asked; whoever keeps its traces says how many are not stored yet. */
export function createGatewayReport(parts: Reported): (tracesPending: number) => GatewayReport {
  const saturated = createSaturationWatch(parts.now);
  return (tracesPending) => {
    const snapshot = parts.snapshot();
    const admission = parts.admission.report();
    return {
      nodes: [...(snapshot?.nodes.values() ?? [])].map(({ id, maxLoras }) => ({
        nodeId: id,
        isUp: parts.health.isUp(id),
        breaker: parts.breakers.stateOf(id),
        inFlight: admission.nodes.find((node) => node.nodeId === id)?.inFlight ?? 0,
        adapters: parts.live.adaptersOn(id),
        slots: maxLoras,
      })),
      pools: admission.pools.map(({ poolId, waiting, oldestWaitMs, shed }) => ({
        poolId,
        queued: waiting,
        oldestWaitMs: whole(oldestWaitMs),
        isSaturated: saturated(poolId, shed.saturated + shed.queue_full + shed.waited_too_long),
        shed,
      })),
      tenants: tenantsOf(admission, parts.live),
      snapshotAt: snapshot?.readAt.toISOString() ?? null,
      tracesPending,
      openVersions: parts.breakers.openVersions().map(({ versionId }) => versionId),
    };
  };
}

const whole = (ms: number | null): number | null => (ms === null ? null : Math.round(ms));

/** @returns whether a pool refused somebody for lack of room a moment ago, given how many it has refused so far */
function createSaturationWatch(now: () => number): (poolId: string, refused: number) => boolean {
  const seen = new Map<string, { refused: number; at: number }>();
  return (poolId, refused) => {
    const last = seen.get(poolId);
    if (refused > (last?.refused ?? 0)) seen.set(poolId, { refused, at: now() });
    return now() - (seen.get(poolId)?.at ?? Number.NEGATIVE_INFINITY) < SATURATED_MS;
  };
}

function tenantsOf({ pools }: ReturnType<Admission["report"]>, live: LiveCounts): GatewayReport["tenants"] {
  const lines = new Map(
    live.tenants().map((line) => [line.tenantId, { ...line, queued: 0, oldestWaitMs: null as number | null }]),
  );
  for (const { tenants } of pools)
    for (const { tenantId, waiting, oldestWaitMs } of tenants) {
      const line = lines.get(tenantId);
      if (!line || waiting === 0) continue;
      line.queued += waiting;
      line.oldestWaitMs = Math.round(Math.max(line.oldestWaitMs ?? 0, oldestWaitMs ?? 0));
    }
  return [...lines.values()];
}
