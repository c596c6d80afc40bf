import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { systemRead } from "#lib/identity/ctx.ts";
import { dropEmptyParents, hasIncoming, listTakenOut, slugsOf } from "../artifacts/remove-artifact.ts";
import { markDeleted } from "../deletion/deletion-store.ts";
import { listRetentions } from "../versions/retention-store.ts";
import { getVersion, lockVersion } from "../versions/version-store.ts";
import { judgePurge, type PurgedVersion } from "./judge-purge.ts";
import { getStep, type TenantVersion, versionsOfTenant } from "./offboarding-store.ts";
import { recordOffboardingStep } from "./record-offboarding-step.ts";
import { fencedStep, OFFBOARDING_ACTOR, type StepTurn, type StepWorker } from "./step-worker.ts";

/**
 * Deletes a tenant's versions, one transaction each, and watches their bytes go: the collector removes them. A version
 * whose files a node may still read waits; the others go on.
 */
export const purgeArtifacts: StepWorker = {
  step: "artifacts",
  async advance(turn) {
    const { deps, fence, tenant } = turn;
    for (const version of await readVersions(turn))
      if (isFree(version)) await fencedStep(deps, fence, (ctx) => purge(ctx, version.id));
    const versions = await readVersions(turn);
    const onTheWayOut = await leftInStore(turn, versions);
    const outcome = await fencedStep(deps, fence, async (ctx) => {
      const before = ((await getStep(ctx.tx, tenant.id, "artifacts"))?.record.versions ?? []) as PurgedVersion[];
      const judged = judgePurge(before, versions, onTheWayOut, ctx.clock.now());
      if (judged.state !== "done")
        await recordOffboardingStep(ctx, { tenantId: tenant.id, step: "artifacts", ...judged });
      return judged;
    });
    if (outcome.state !== "done") return;
    await dropEmptyParents(deps.adapterStore, tenant.slug);
    await fencedStep(deps, fence, (ctx) =>
      recordOffboardingStep(ctx, { tenantId: tenant.id, step: "artifacts", ...outcome }),
    );
  },
};

const readVersions = ({ deps, tenant }: StepTurn): Promise<TenantVersion[]> =>
  systemRead(deps, OFFBOARDING_ACTOR, ({ tx }) => versionsOfTenant(tx, tenant.id));

/** What is being checked becomes a draft or a version in a moment. */
const isFree = ({ state, holders }: TenantVersion): boolean =>
  state !== "deleted" && state !== "checking" && holders.length === 0;

async function purge(ctx: Ctx, versionId: string): Promise<void> {
  const version = (await lockVersion(ctx.tx, versionId)) && (await getVersion(ctx.tx, versionId));
  if (!version || version.state === "deleted" || version.state === "checking") return;
  if ((await listRetentions(ctx.tx, versionId)).length > 0) return;
  await markDeleted(ctx.tx, versionId, { reason: "Deleted with its tenant.", at: ctx.clock.now() });
  await audit(ctx, {
    action: "version.delete",
    object: { type: "version", id: versionId },
    tenantId: version.tenantId,
    before: {
      state: version.state,
      number: version.number,
      digest: version.digest,
      loraName: version.loraName,
      files: version.files.map(({ path, sizeBytes, sha256 }) => ({ path, sizeBytes, sha256 })),
    },
    after: { state: "deleted" },
    reason: "Its tenant is off-boarded.",
  });
}

/** Ids of versions of which something still lies in the store, beside what the catalog knows of. */
async function leftInStore({ deps, tenant }: StepTurn, versions: readonly TenantVersion[]): Promise<Set<string>> {
  const takenOut = (await listTakenOut(deps.adapterStore)).filter(
    ({ storePath }) => slugsOf(storePath)?.tenant === tenant.slug,
  );
  const left = new Set<string>();
  for (const { id, digest } of versions) {
    const isOnItsWay = takenOut.some(
      ({ storePath }) => digest !== null && storePath.endsWith(`/${digest.slice(0, 12)}`),
    );
    if (isOnItsWay || (await hasIncoming(deps.adapterStore, id))) left.add(id);
  }
  return left;
}
