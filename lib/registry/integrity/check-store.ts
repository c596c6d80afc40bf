import { type Deps, systemRead, systemWrite } from "#lib/identity/ctx.ts";
import { AppError, errorText } from "#lib/platform/errors.ts";
import { newId } from "#lib/platform/ids.ts";
import { decideStore } from "./decide-store.ts";
import { readStoreId, sampleStored, saveStoreId } from "./integrity-store.ts";
import { holdsAny, inspectStore, writeMarker } from "./store-marker.ts";

/** So many of the newest versions may prove a store that lacks its marker. */
const SAMPLE = 50;

/** `message` says what is wrong with the store, or that nothing is. */
export type StoreState = { state: "ok" | "unavailable"; message: string };

/**
 * Is the adapter store there? A store that proves itself without its marker (the first one, one that was copied without
 * hidden files) gets one. Opens its own transactions.
 */
export async function checkStore(deps: Deps): Promise<StoreState> {
  const { adapterStore } = deps;
  const { knownId, stored } = await systemRead(deps, "store", async ({ tx }) => ({
    knownId: await readStoreId(tx),
    stored: await sampleStored(tx, SAMPLE),
  }));
  const seen = await inspectStore(adapterStore);
  // its own marker is proof enough; only without it is anything looked for
  const mustProve = seen.root === "readable" && (seen.markerId === null || seen.markerId !== knownId);
  const holdsSome = mustProve && (await holdsAny(adapterStore, stored.storePaths));
  const decision = decideStore({ ...seen, knownId, storedVersions: stored.count, holdsSome });
  if (decision.state === "unavailable")
    return {
      state: "unavailable",
      message: `${decision.message} Is its share mounted? Nothing is quarantined for that.`,
    };
  if (decision.mark) await mark(deps, seen.markerId, knownId);
  return { state: "ok", message: "The adapter store is there." };
}

async function mark(deps: Deps, markerId: string | null, knownId: string | null): Promise<void> {
  const id = markerId ?? knownId ?? newId("file").replace("fil_", "store_");
  try {
    if (markerId === null) await writeMarker(deps.adapterStore, id);
  } catch (error) {
    // a store mounted read-only can still be proven: it holds what the catalog knows
    deps.log.warn("the adapter store's marker could not be written", { error: errorText(error) });
    return;
  }
  if (knownId !== id) await systemWrite(deps, "store", ({ tx }) => saveStoreId(tx, id));
}

/** @throws AppError `unavailable` (`store_unavailable`): nothing may be put where the store should be */
export async function requireStore(deps: Deps): Promise<void> {
  const { state, message } = await checkStore(deps);
  if (state === "ok") return;
  throw new AppError("unavailable", message, {
    reason: "store_unavailable",
    fix: "Mount the adapter store, then try again; what has arrived is kept.",
  });
}
