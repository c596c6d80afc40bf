import { type Deps, systemRead, systemWrite } from "#lib/identity/ctx.ts";
import { type Fence, requireTerm } from "#lib/platform/lease.ts";
import {
  destroy,
  listPlaces,
  listTakenOut,
  putBack,
  type Removed,
  slugsOf,
  takeOut,
} from "../artifacts/remove-artifact.ts";
import { manifestDigest, storePathOf } from "../artifacts/store-layout.ts";
import { checkStore } from "../integrity/check-store.ts";
import {
  abandonedPlaces,
  clearPlace,
  isAdapterKnown,
  isPlaceNamed,
  lockPlace,
  unsettledManifests,
  usersOf,
} from "./deletion-store.ts";

/** Directories removed in one run; the next run takes the rest. */
const BATCH = 50;
const ACTOR = "collector";

/**
 * Removes the bytes of deleted versions that no other version has. A directory is taken out of its place in one step,
 * then the catalog is asked once more under a lock, and only then it is destroyed: whoever took it into use meanwhile
 * gets it back. Killed at any moment, the next run finishes it. Does nothing while the store is not there.
 * @returns how many directories went
 */
export async function collectArtifacts(deps: Deps, fence: Fence): Promise<number> {
  const places = await systemRead(deps, ACTOR, (ctx) => abandonedPlaces(ctx.tx, BATCH));
  const takenOut = await listTakenOut(deps.adapterStore);
  if (places.length === 0 && takenOut.length === 0) return 0;
  if ((await checkStore(deps)).state !== "ok") return 0;
  for (const removed of takenOut) await finish(deps, fence, removed, null);
  let gone = 0;
  for (const place of places) {
    const removed = await takeOut(deps.adapterStore, place.storePath);
    if (await finish(deps, fence, removed ?? { path: "", storePath: place.storePath }, place)) gone += 1;
  }
  return gone;
}

type Place = { tenantId: string; storePath: string };

/** Decides over what was taken out, under the lock. @returns true when it is gone for good */
async function finish(deps: Deps, fence: Fence, removed: Removed, place: Place | null): Promise<boolean> {
  const { storePath, path } = removed;
  const isFree = await systemWrite(deps, ACTOR, async ({ tx }) => {
    await requireTerm(tx, fence);
    await lockPlace(tx, storePath);
    if (place === null) return !(await isPlaceNamed(tx, storePath));
    if ((await usersOf(tx, place)).length > 0) return false;
    await clearPlace(tx, place);
    return true;
  });
  if (path === "") return isFree;
  if (isFree) await destroy(path);
  else await putBack(deps.adapterStore, removed);
  return isFree;
}

/**
 * Removes directories of adapters we know that no version names, nor a draft whose bytes were moved there by a call that
 * broke off: what a crash between the move and its record left.
 * @param idleMs left alone for so long
 */
export async function collectOrphans(deps: Deps, fence: Fence, idleMs: number): Promise<number> {
  const before = new Date(deps.clock.now().getTime() - idleMs);
  const places = await listPlaces(deps.adapterStore, before);
  if (places.length === 0 || (await checkStore(deps)).state !== "ok") return 0;
  let gone = 0;
  for (const storePath of places) {
    if (!(await systemRead(deps, ACTOR, ({ tx }) => isOrphan(tx, storePath)))) continue;
    const removed = await takeOut(deps.adapterStore, storePath);
    if (removed && (await finish(deps, fence, removed, null))) {
      deps.log.info("a directory that no version names was removed", { storePath });
      gone += 1;
    }
  }
  return gone;
}

async function isOrphan(tx: Parameters<typeof isPlaceNamed>[0], storePath: string): Promise<boolean> {
  const slugs = slugsOf(storePath);
  if (slugs === null || (await isPlaceNamed(tx, storePath)) || !(await isAdapterKnown(tx, slugs))) return false;
  const manifests = await unsettledManifests(tx, slugs);
  return !manifests.some((files) => {
    const received = files.map((file) => ({ ...file, sha256: file.sha256 ?? "" }));
    const digest = manifestDigest(received);
    return storePathOf({ tenantSlug: slugs.tenant, adapterSlug: slugs.adapter, digest }) === storePath;
  });
}
