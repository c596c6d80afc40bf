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

/** How many minutes of the last hour were seen, by the first request in them: a fleet that just began is not a quiet one. */
export function minutesSeen(loads: readonly MinuteLoad[], now: Date): number {
  const first = Math.min(...loads.map(({ minute }) => minute));
  return Math.max(1, Math.min(60, Math.floor(now.getTime() / 60_000) - first + 1));
}

/** "41 requests/min", "6 requests an hour". */
export function rate(requests: number, minutes: number): string {
  const perMinute = Math.round(requests / minutes);
  if (perMinute >= 1) return `${perMinute} ${perMinute === 1 ? "request" : "requests"}/min`;
  const anHour = Math.round((requests / minutes) * 60);
  return `${anHour} ${anHour === 1 ? "request" : "requests"} an hour`;
}
