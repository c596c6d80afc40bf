import type { OffboardingState } from "#lib/registry/browser/offboarding-schema.ts";

/** What the record says of one version on one node, for good. */
export type ReleasedPlacement = {
  version: string;
  loraName: string;
  nodeId: string;
  nodeName: string;
  /** Of the node when it was last seen with it. */
  epoch: number;
  /** When the node was seen without it, and nobody could be reading its files; null = not yet. */
  goneAt: string | null;
};

type Left = {
  version: string;
  loraName: string;
  nodeId: string;
  nodeName: string;
  epoch: number;
  isReachable: boolean;
  unloadedAt: Date | null;
};
type Listed = { loraName: string; nodeId: string; nodeName: string };

/** How far a tenant's versions are from being off every node. What is known of nodes that are gone stays in the record. */
export function judgePlacements(
  before: readonly ReleasedPlacement[],
  left: readonly Left[],
  listed: readonly Listed[],
  now: Date,
): { state: OffboardingState; message: string; record: { placements: ReleasedPlacement[] } } {
  const isLeft = (entry: { loraName: string; nodeId: string }) =>
    left.some(({ loraName, nodeId }) => loraName === entry.loraName && nodeId === entry.nodeId);
  const known = before.map((entry) => ({
    ...entry,
    goneAt: isLeft(entry) ? null : (entry.goneAt ?? now.toISOString()),
  }));
  const isKnown = (entry: Left) =>
    known.some(({ loraName, nodeId }) => loraName === entry.loraName && nodeId === entry.nodeId);
  const found = left
    .filter((entry) => !isKnown(entry))
    .map(({ version, loraName, nodeId, nodeName, epoch }) => ({
      version,
      loraName,
      nodeId,
      nodeName,
      epoch,
      goneAt: null,
    }));
  const record = { placements: [...known, ...found] };
  const unmanaged = listed.filter((entry) => !isLeft(entry));
  if (left.length + unmanaged.length === 0) return { state: "done", message: doneMessage(record.placements), record };
  const problems = reasonsOf(left, unmanaged);
  const isStuck = left.some(({ isReachable }) => !isReachable) || unmanaged.length > 0;
  return { state: isStuck ? "waiting" : "running", message: problems.join(" "), record };
}

const doneMessage = (placements: readonly ReleasedPlacement[]): string => {
  const nodes = new Set(placements.map(({ nodeId }) => nodeId)).size;
  return nodes === 0
    ? "Nothing of it was on a node."
    : `Unloaded from ${nodes} node${nodes === 1 ? "" : "s"}, which list${nodes === 1 ? "s" : ""} none of its versions any more.`;
};

function reasonsOf(left: readonly Left[], unmanaged: readonly Listed[]): string[] {
  const names = (entries: readonly { nodeName: string }[]) =>
    [...new Set(entries.map(({ nodeName }) => nodeName))].sort().join(", ");
  const away = left.filter(({ isReachable }) => !isReachable);
  const here = left.filter(({ isReachable }) => isReachable);
  const unloading = here.filter(({ unloadedAt }) => unloadedAt === null);
  const read = here.filter(({ unloadedAt }) => unloadedAt !== null);
  return [
    ...(away.length > 0
      ? [
          `${names(away)} cannot be reached, so its loaded adapters are unknown. Bring it back, or remove it from its pool.`,
        ]
      : []),
    ...(unmanaged.length > 0
      ? [
          `${names(unmanaged)} lists ${unmanaged.map(({ loraName }) => loraName).join(", ")} from elsewhere. Unload it there.`,
        ]
      : []),
    ...(unloading.length > 0 ? [`Being unloaded from ${names(unloading)}.`] : []),
    ...(read.length > 0
      ? [`Unloaded from ${names(read)}; requests that began before may take up to half an hour.`]
      : []),
  ];
}
