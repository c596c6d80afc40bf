import { join } from "node:path";
import type { ReadCatalog } from "#lib/identity/ctx.ts";
import type { StoredFile } from "../artifacts/artifact-files.ts";
import { publishArtifact, requireSame } from "../artifacts/publish-artifact.ts";
import { storePathOf } from "../artifacts/store-layout.ts";
import { hasErrors, note } from "../browser/finding.ts";
import type { CheckedArtifact, CheckOutcome } from "../checks/check-artifact.ts";
import { countRemoved } from "../deletion/deletion-store.ts";
import { requireStore } from "../integrity/check-store.ts";
import { isDirectoryInUse } from "../integrity/integrity-store.ts";
import { findStored } from "../versions/version-store.ts";

/** What the checks decided, with the bytes already where they belong. */
export type SettledArtifact = Omit<CheckOutcome, "loraName"> & {
  files: StoredFile[];
  /** How many versions with these bytes had lost them before; more than that, and the directory may be gone. */
  removedBefore: number;
};

export type ArtifactOwner = { tenantId: string; tenantSlug: string; adapterSlug: string };

/**
 * Decides over checked bytes. With an error they are rejected and stay where they are; otherwise they move to their
 * place in the store, unless this tenant has the very same ones there already. All of it can be done again after a crash.
 * @param directory where the bytes stand now
 */
export async function settleArtifact(
  read: ReadCatalog,
  input: { directory: string; checked: CheckedArtifact; owner: ArtifactOwner },
): Promise<SettledArtifact> {
  const { directory, checked, owner } = input;
  const { digest, files, facts, moduleNorms } = checked;
  const storePath = storePathOf({ ...owner, digest });
  const { deps, now, stored, mayReplace, removedBefore } = await read(async (ctx) => ({
    deps: ctx.deps,
    now: ctx.clock.now(),
    stored: await findStored(ctx.tx, owner.tenantId, digest),
    mayReplace: !(await isDirectoryInUse(ctx.tx, owner.tenantId, storePath)),
    removedBefore: await countRemoved(ctx.tx, { tenantId: owner.tenantId, digest }),
  }));
  const findings = [...checked.findings];
  const settled = (state: "ready" | "rejected", storePath: string | null): SettledArtifact => ({
    state,
    digest,
    storePath,
    checkReport: { findings, checkedAt: now.toISOString() },
    facts,
    moduleNorms,
    files,
    removedBefore,
  });
  if (hasErrors(findings) || facts === null) return settled("rejected", null);
  await requireStore(deps);
  const { adapterStore } = deps;
  if (stored === null) {
    await publishArtifact(directory, join(adapterStore, storePath), files, mayReplace);
    return settled("ready", storePath);
  }
  await requireSame(join(adapterStore, stored.storePath), files);
  findings.push(
    note({
      code: "already_stored",
      title: "The same bytes are stored already",
      message: `They equal version ${stored.number} of ${stored.adapterSlug}, so its directory is used again.`,
      evidence: { digest },
    }),
  );
  return settled("ready", stored.storePath);
}
