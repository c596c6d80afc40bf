import type { Ctx } from "#lib/identity/ctx.ts";
import type { AlertDetail, AlertEvidence, AlertHit } from "../browser/alert-schema.ts";
import { stepStart } from "../rollup.ts";
import { namesOfParts } from "../trace-chart-store.ts";
import { countedFrom } from "./alert-facts-store.ts";
import { SEEN_OVER_MS } from "./alert-rules.ts";
import { type AlertRecord, namesOfTenants } from "./alert-store.ts";
import { type HitCount, hitRequests, type SlowCount, slowRequests } from "./hit-store.ts";
import type { NodeShare } from "./weigh-findings.ts";

const HIT = 20;
/** Slow requests are counted one by one, so no further back than this. */
const SLOW_BACK_MS = 6 * 3_600_000;

export type Hit = Pick<AlertDetail, "hit" | "hitNodes" | "hitCounted"> & { shares: readonly NodeShare[] | null };
type Named = { id: string; name: string };

/** Who is hit: each tenant's bad or slow requests of the alert's time, and of slow ones which node answered them. */
export async function whoIsHit(ctx: Ctx, alert: AlertRecord, end: Date): Promise<Hit> {
  const { tenantIds } = alert.evidence;
  const names = await namesOfTenants(ctx.tx, tenantIds);
  const slow = slowMetric(alert.evidence);
  const from = new Date(countedFrom(alert.startedAt, end).getTime() - seenBefore(alert));
  if (slow !== null) {
    // by whole minutes, as the sentence counts them
    const begin = stepStart(new Date(Math.max(from.getTime(), end.getTime() - SLOW_BACK_MS)), 60);
    const window = { from: begin, to: end };
    const counts = await slowRequests(ctx.tx, { tenantIds, ...window, ...slow, poolId: alert.poolId });
    return slowHit(ctx, names, counts, { what: "slow", limitMs: slow.limitMs, ...window });
  }
  if (alert.requests === null) return { hit: listHit(names, null, end), hitNodes: [], hitCounted: null, shares: null };
  const counts = await hitRequests(ctx.tx, { tenantIds, from, to: end });
  const hitCounted = { what: "bad" as const, limitMs: null, from: from.toISOString(), to: end.toISOString() };
  return { hit: listHit(names, counts, end), hitNodes: [], hitCounted, shares: null };
}

/** What an objective was seen to break by came before its alert began. */
const seenBefore = ({ rule }: AlertRecord): number =>
  rule === "burn_fast" || rule === "burn_slow" || rule === "p95_over" ? SEEN_OVER_MS[rule] : 0;

function slowMetric({ metric, threshold }: AlertEvidence): { metric: "latency" | "ttft"; limitMs: number } | null {
  return (metric === "latency" || metric === "ttft") && threshold !== null ? { metric, limitMs: threshold } : null;
}

async function slowHit(
  { tx }: Ctx,
  tenants: readonly Named[],
  counts: readonly SlowCount[],
  counted: { what: "slow"; limitMs: number; from: Date; to: Date },
): Promise<Hit> {
  const byTenant = sumBy(counts, ({ tenantId }) => tenantId);
  const byNode = sumBy(counts, ({ nodeId }) => nodeId);
  const nodeNames = await namesOfParts(tx, "node", [...byNode.keys()]);
  const nodes = [...byNode.keys()].map((id) => ({ id, name: nodeNames.get(id) ?? "A node that was removed" }));
  const { from, to } = counted;
  return {
    hit: listHit(tenants, byTenant, to),
    hitNodes: listHit(nodes, byNode, to),
    hitCounted: { ...counted, from: from.toISOString(), to: to.toISOString() },
    shares: [...byNode].map(([nodeId, { hit, of }]) => ({ nodeId, slow: hit, of })),
  };
}

function sumBy(counts: readonly SlowCount[], keyOf: (count: SlowCount) => string | null): Map<string, HitCount> {
  const sums = new Map<string, HitCount>();
  for (const count of counts) {
    const key = keyOf(count);
    if (key === null) continue;
    const { hit, of, simulated } = sums.get(key) ?? { hit: 0, of: 0, simulated: false };
    sums.set(key, { hit: hit + count.hit, of: of + count.of, simulated: simulated || count.simulated });
  }
  return sums;
}

/** Those with the most first. @param counts null = nobody counts what this is about */
function listHit(names: readonly Named[], counts: ReadonlyMap<string, HitCount> | null, asOf: Date): AlertHit[] {
  // whoever sent nothing is a zero of where the others' requests come from
  const none = { hit: 0, of: 0, simulated: [...(counts?.values() ?? [])].some(({ simulated }) => simulated) };
  const listed = names.map(({ id, name }): AlertHit => {
    if (counts === null) return { id, name, requests: null, of: null };
    const { hit, of, simulated } = counts.get(id) ?? none;
    const figure = { value: hit, unit: "count", source: "measured", simulated, coverage: null } as const;
    return { id, name, requests: { ...figure, asOf: asOf.toISOString() }, of };
  });
  const value = ({ requests }: AlertHit) => requests?.value ?? 0;
  return listed.sort((a, b) => value(b) - value(a) || a.name.localeCompare(b.name)).slice(0, HIT);
}
