/** A routing snapshot older than this means that the gateway cannot reach the catalog; it is still better than none. */
export const SNAPSHOT_STALE_MS = 30_000;
