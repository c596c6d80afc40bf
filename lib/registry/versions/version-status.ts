import type { VersionAlias, VersionState, VersionStatus } from "../schema.ts";

/** What keeps only a version's files, not the version: unloaded, but a node may still be reading them. */
export const FILES_HOLDER = "files";

/** Whoever brings a version to customers: an open cutover, or a share of the traffic. */
export const CANDIDATE_HOLDER = /^(cutover|candidate):/;

type Held = readonly { holder: string }[];
type Pointers = { liveVersionId: string | null; previousVersionId: string | null } | null;

/**
 * Which of its adapter's names a version bears. An open cutover retains what it brings, as does a share of the traffic: both
 * make it the candidate.
 */
export function aliasesOf(versionId: string, route: Pointers, retentions: Held): VersionAlias[] {
  if (route?.liveVersionId === versionId) return ["live"];
  return [
    ...(retentions.some(({ holder }) => CANDIDATE_HOLDER.test(holder)) ? (["candidate"] as const) : []),
    ...(route?.previousVersionId === versionId ? (["previous"] as const) : []),
  ];
}

type Standing = {
  state: VersionState;
  aliases: readonly VersionAlias[];
  retentions: Held;
  wasRolledBack: boolean;
};

/**
 * What a screen shows of a version. A ready one is live, rolled back until a new cutover tries it again, or staged while
 * somebody keeps it on nodes.
 */
export function statusOf({ state, aliases, retentions, wasRolledBack }: Standing): VersionStatus {
  if (state !== "ready") return state;
  if (aliases.includes("live")) return "live";
  if (wasRolledBack && !aliases.includes("candidate")) return "rolled_back";
  return retentions.some(({ holder }) => holder !== FILES_HOLDER) ? "staged" : "ready";
}
