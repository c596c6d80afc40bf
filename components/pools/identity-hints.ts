import type { Pool } from "#lib/pools/schema.ts";
import { storeHint } from "./store-hint.ts";

type Identity = Pick<Pool, "baseModel" | "adapterDirectory">;

/** What follows from another name, or when it can be changed. */
export const baseModelHint = ({ baseModel }: Identity, pool: Identity): string =>
  baseModel.trim() === pool.baseModel
    ? "The name the nodes serve. You can change it only while the pool has no loaded adapters."
    : `Nodes must serve this name, or their next inspection takes them out of service. ${pool.baseModel} becomes an alias.`;

/** What follows from another directory, or what to mount there. @param store as for `storeHint` */
export const directoryHint = ({ adapterDirectory }: Identity, pool: Identity, store: string | null): string =>
  adapterDirectory.trim() === pool.adapterDirectory
    ? storeHint(store)
    : "Every node of the pool must mount the adapter store here. Adapters that failed to load are retried from the new directory.";
