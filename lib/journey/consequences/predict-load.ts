/** Customers' requests of one minute for one adapter (null = none of ours) on one node (null = on none of ours). */
export type MinuteLoad = { minute: number; nodeId: string | null; adapterId: string | null; requests: number };

export type NodeLoad = { nodeId: string; requests: number; peakNow: number; peakThen: number };

/**
 * What nodes would have carried in the same minutes if others had taken a node's requests. An adapter keeps to one node,
 * so those that move are dealt out whole. A peak is the most adapters that were in use within one minute.
 */
export function loadAfterMove(
  loads: readonly MinuteLoad[],
  fromNodeId: string,
  toNodeIds: readonly string[],
): { moved: { requests: number; adapters: number }; nodes: NodeLoad[] } {
  const leaving = loads.filter(({ nodeId }) => nodeId === fromNodeId);
  const adapters = adaptersIn(leaving);
  const placeOf = new Map(adapters.map((id, index) => [id, toNodeIds[index % toNodeIds.length]]));
  return {
    moved: { requests: sum(leaving), adapters: adapters.length },
    nodes: toNodeIds.map((nodeId) => {
      const own = loads.filter((load) => load.nodeId === nodeId);
      const arriving = leaving.filter(({ adapterId }) => adapterId !== null && placeOf.get(adapterId) === nodeId);
      return { nodeId, requests: sum(own), peakNow: peakOf(own), peakThen: peakOf([...own, ...arriving]) };
    }),
  };
}

/** The most adapters in use within one minute. */
export function peakOf(loads: readonly MinuteLoad[]): number {
  const byMinute = new Map<number, Set<string>>();
  for (const { minute, adapterId } of loads) {
    if (adapterId === null) continue;
    byMinute.set(minute, (byMinute.get(minute) ?? new Set()).add(adapterId));
  }
  return Math.max(0, ...[...byMinute.values()].map(({ size }) => size));
}

export const sum = (loads: readonly MinuteLoad[]): number => loads.reduce((total, { requests }) => total + requests, 0);

const adaptersIn = (loads: readonly MinuteLoad[]): string[] =>
  [...new Set(loads.flatMap(({ adapterId }) => adapterId ?? []))].sort();

/** "41 requests/min" over the last hour; below one a minute it says how many there were. */
export function rate(requestsInAnHour: number): string {
  const perMinute = requestsInAnHour / 60;
  if (perMinute >= 1) return `${Math.round(perMinute)} requests/min`;
  return requestsInAnHour === 1 ? "1 request an hour" : `${requestsInAnHour} requests an hour`;
}
