import type { Tx } from "#lib/platform/db.ts";
import { conflict } from "#lib/platform/errors.ts";
import { aliasProblem } from "./browser/base-names.ts";
import type { UpdatePool } from "./schema.ts";
import { loadedIn, type PoolRecord } from "./store.ts";

type Repair = Pick<UpdatePool, "baseModel" | "adapterDirectory" | "baseAliases">;

/**
 * What nodes know a pool by can be corrected until they go by it: a loaded adapter was loaded from this directory, on top
 * of a base of this name. A base model's former name becomes an alias, so that versions trained under it still fit.
 * @returns what changes with it @throws AppError `conflict` (`adapters_loaded`) naming the field
 */
export async function planRepair(tx: Tx, pool: PoolRecord, change: Repair): Promise<Pick<UpdatePool, "baseAliases">> {
  const field = (["baseModel", "adapterDirectory"] as const).find(
    (name) => change[name] !== undefined && change[name] !== pool[name],
  );
  if (field === undefined) return {};
  const { adapters, nodes } = await loadedIn(tx, pool.id);
  if (adapters > 0)
    throw conflict(
      "adapters_loaded",
      `${adapters} adapter${adapters === 1 ? " is" : "s are"} loaded on ${nodes.join(", ")}, by the present ${WORDS[field]}.`,
      "Unstage them first, or add a pool with the right values and move the tenants there.",
      field,
    );
  return change.baseModel === undefined
    ? {}
    : { baseAliases: withFormerName(pool, change.baseModel, change.baseAliases) };
}

const WORDS = { baseModel: "name of the base model", adapterDirectory: "adapter directory" };

function withFormerName(pool: PoolRecord, baseModel: string, aliases = pool.baseAliases): string[] {
  const named = { ...pool, baseModel };
  const kept = aliases.filter((alias) => alias !== baseModel);
  const isAlias = pool.baseModel !== baseModel && aliasProblem(pool.baseModel, named) === null;
  return isAlias ? [...new Set([...kept, pool.baseModel])] : kept;
}
