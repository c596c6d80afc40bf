import type { VersionAlias, VersionState, VersionStatus } from "../schema.ts";

/** What keeps only a version's files, not the version: unloaded, but a node may still be reading them. */
export const FILES_HOLDER = "files";

type Held = readonly { holder: string }[];
type Pointers = { liveVersionId: string | null; previousVersionId: string | null } | null;

/**
 * Which of its adapter's names a version bears. An open cutover retains what it brings, as does a share of the traffic: both
 * make it the candidate.
 */
export function aliasesOf(versionId: string, route: Pointers, retentions: Held): VersionAlias[] {
  if (route?.liveVersionId === versionId) return ["live"];
  return [
    ...(retentions.some(({ holder }) => /^(cutover|candidate):/.test(holder)) ? (["candidate"] as const) : []),
    ...(route?.previousVersionId === versionId ? (["previous"] as const) : []),
  ];
}

/** A ready version is live, or staged while somebody keeps it on nodes. */
export function statusOf(state: VersionState, aliases: readonly VersionAlias[], retentions: Held): VersionStatus {
  if (state !== "ready") return state;
  if (aliases.includes("live")) return "live";
  return retentions.some(({ holder }) => holder !== FILES_HOLDER) ? "staged" : "ready";
}
