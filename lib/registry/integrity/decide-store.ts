/** What an inspection of the adapter store found, and what the catalog knows of it. */
export type StoreSight = {
  /** absent: nothing stands there; unreadable: it may not be listed, or hangs behind a dead mount. */
  root: "readable" | "absent" | "unreadable";
  /** Id in the store's marker; null = no marker. */
  markerId: string | null;
  /** Id of the store that this catalog wrote to before; null = none yet. */
  knownId: string | null;
  /** How many versions the catalog says have bytes there. */
  storedVersions: number;
  /** At least one of them is there. */
  holdsSome: boolean;
};

/** `mark`: it is the right one and lacks its marker, or bears one that the catalog does not know. */
export type StoreDecision = { state: "ok"; mark: boolean } | { state: "unavailable"; message: string };

/**
 * Is this the adapter store, or an empty folder where a share is not mounted? Missing files mean tampering in the one
 * and nothing in the other, so a store must prove itself: by its marker, by holding something that the catalog knows, or
 * by there being nothing that could be missing.
 */
export function decideStore(sight: StoreSight): StoreDecision {
  const { root, markerId, knownId, storedVersions, holdsSome } = sight;
  if (root === "unreadable") return { state: "unavailable", message: "The adapter store cannot be read." };
  const isNamed = root === "readable" && markerId !== null && markerId === knownId;
  if (isNamed) return { state: "ok", mark: false };
  if (storedVersions === 0 || holdsSome) return { state: "ok", mark: true };
  if (root === "absent") return { state: "unavailable", message: "The adapter store is not there." };
  if (markerId === null)
    return { state: "unavailable", message: "The adapter store's folder is empty of everything that was stored." };
  return { state: "unavailable", message: "Another store is mounted in place of the adapter store." };
}
