import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { type FieldProblem, invalid, notFound } from "#lib/platform/errors.ts";
import { aliasProblem, matchesAlias } from "./browser/base-names.ts";
import { changePool, getPool, lockPool, type PoolRecord } from "./store.ts";

/** A pool whose names grow without end has a training pipeline that should be corrected instead. */
const MOST_ALIASES = 100;

/**
 * Adds a name under which adapters of this pool's base model were trained. A name that an alias covers already leaves
 * the pool as it is; the trail still says who acknowledged it.
 * @throws AppError `not_found`, or `invalid` (`alias_is_other_base`, `alias_too_wide`, `alias_is_base`, `too_many_aliases`)
 */
export async function addBaseAlias(ctx: Ctx, input: { poolId: string; alias: string }): Promise<PoolRecord> {
  await lockPool(ctx.tx, input.poolId);
  const before = await getPool(ctx.tx, input.poolId);
  if (before === null) throw notFound("pool");
  const isCovered = before.baseAliases.some((alias) => matchesAlias(alias, input.alias));
  const baseAliases = isCovered ? before.baseAliases : [...before.baseAliases, input.alias];
  refuseAliases(before, baseAliases, "alias");
  if (!isCovered) await changePool(ctx.tx, before.id, before.generation, { baseAliases });
  const after = await getPool(ctx.tx, before.id);
  if (after === null) throw notFound("pool");
  await audit(ctx, {
    action: "pool.add_base_alias",
    object: { type: "pool", id: before.id },
    tenantId: null,
    before: { baseAliases: before.baseAliases },
    after: { baseAliases: after.baseAliases },
  });
  return after;
}

/**
 * Refuses what would take adapters of another base. Names the pool has already are not judged again.
 * @param field of the request @throws AppError `invalid` naming every alias
 */
export function refuseAliases(
  pool: Pick<PoolRecord, "baseModel" | "baseAliases" | "otherBases">,
  aliases: readonly string[],
  field: "alias" | "baseAliases" = "baseAliases",
): void {
  const problems = aliases.flatMap((alias, at): FieldProblem[] => {
    const problem = pool.baseAliases.includes(alias) ? null : aliasProblem(alias, pool);
    return problem === null ? [] : [{ field: field === "alias" ? field : `${field}.${at}`, ...problem }];
  });
  if (aliases.length > MOST_ALIASES)
    problems.push({
      field,
      code: "too_many_aliases",
      message: `A pool has at most ${MOST_ALIASES} aliases.`,
      fix: "Replace several names by one with *, such as unsloth/Llama-3.1-8B-Instruct*.",
    });
  if (problems.length > 0) throw invalid(problems);
}
