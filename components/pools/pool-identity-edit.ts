import type * as z from "zod";
import type { Pool, UpdatePool } from "#lib/pools/schema.ts";
import { storeHint } from "./store-hint.ts";

/** What was typed, and the generation it was typed over: whoever saved in between is not overwritten. */
export type IdentityEdit = Pick<Pool, "generation" | "baseModel" | "adapterDirectory"> & {
  /** A line each. */
  baseAliases: string;
};

export const identityOf = (pool: Pool): IdentityEdit => ({
  generation: pool.generation,
  baseModel: pool.baseModel,
  adapterDirectory: pool.adapterDirectory,
  baseAliases: pool.baseAliases.join("\n"),
});

/** The body for `PATCH /pools/{poolId}`: what was changed only, so that a value nobody touched is not judged again. */
export function toIdentity(edit: IdentityEdit, pool: Pool): z.input<typeof UpdatePool> {
  const before = identityOf(pool);
  const [baseModel, adapterDirectory] = [edit.baseModel.trim(), edit.adapterDirectory.trim()];
  return {
    ...(baseModel === before.baseModel ? {} : { baseModel }),
    ...(adapterDirectory === before.adapterDirectory ? {} : { adapterDirectory }),
    ...(edit.baseAliases === before.baseAliases ? {} : { baseAliases: aliasesOf(edit.baseAliases) }),
  };
}

/** What follows from another name, or when it can be changed. */
export const baseModelHint = (edit: IdentityEdit, pool: Pool): string =>
  edit.baseModel.trim() === pool.baseModel
    ? "The name the nodes serve. You can change it only while the pool has no loaded adapters."
    : `Nodes must serve this name, or their next inspection takes them out of service. ${pool.baseModel} becomes an alias.`;

/** What follows from another directory, or what to mount there. @param store as for `storeHint` */
export const directoryHint = (edit: IdentityEdit, pool: Pool, store: string | null): string =>
  edit.adapterDirectory.trim() === pool.adapterDirectory
    ? storeHint(store)
    : "Every node of the pool must mount the adapter store here. Adapters that failed to load are retried from the new directory.";

/** An empty line at the end is nobody's name; one before others is the alias "" of adapters that name no base. */
const aliasesOf = (text: string): string[] => {
  const lines = text.split("\n").map((line) => line.trim());
  while (lines.at(-1) === "") lines.pop();
  return lines;
};
