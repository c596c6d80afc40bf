import type { OffboardingState } from "../browser/offboarding-schema.ts";
import type { VersionState } from "../schema.ts";

/** What the record says of one version, for good. */
export type PurgedVersion = {
  versionId: string;
  version: string;
  digest: string | null;
  /** Below the adapter store; null = it had no bytes there. */
  directory: string | null;
  files: number;
  bytes: number;
  /** When its bytes were seen to be gone; null = they are still there. */
  removedAt: string | null;
};

type Version = {
  id: string;
  number: number;
  adapterSlug: string;
  state: VersionState;
  digest: string | null;
  storePath: string | null;
  sizeBytes: number;
  files: number;
  holders: readonly string[];
};

/**
 * How far the bytes of a tenant's versions are.
 * @param leftInStore ids of versions of which something lies in the store that the catalog does not speak of any more
 */
export function judgePurge(
  before: readonly PurgedVersion[],
  versions: readonly Version[],
  leftInStore: ReadonlySet<string>,
  now: Date,
): { state: OffboardingState; message: string; record: { versions: PurgedVersion[] } } {
  const entries = versions.map((version): PurgedVersion => {
    const known = before.find(({ versionId }) => versionId === version.id);
    const isGone = version.state === "deleted" && version.storePath === null && !leftInStore.has(version.id);
    return {
      versionId: version.id,
      version: `${version.adapterSlug} v${version.number}`,
      digest: version.digest,
      directory: known?.directory ?? version.storePath,
      files: version.files,
      bytes: version.sizeBytes,
      removedAt: isGone ? (known?.removedAt ?? now.toISOString()) : null,
    };
  });
  const gone = entries.filter(({ removedAt }) => removedAt !== null).length;
  const record = { versions: entries };
  if (gone === entries.length)
    return { state: "done", message: `The files of ${named(gone)} are gone from the adapter store.`, record };
  const held = versions.filter(({ state, holders }) => state !== "deleted" && holders.length > 0).length;
  const why =
    held > 0
      ? ` ${named(held)} may still be read by a node; see the step Placements.`
      : " The rest follows in a moment.";
  const message = `The files of ${gone} of ${named(entries.length)} are gone.${why}`;
  return { state: held > 0 ? "waiting" : "running", message, record };
}

const named = (count: number): string => `${count} version${count === 1 ? "" : "s"}`;
