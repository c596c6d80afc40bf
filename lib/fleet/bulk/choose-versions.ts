import type { Ctx } from "#lib/identity/ctx.ts";
import { JOB_ITEMS_MAX } from "#lib/jobs/schema.ts";
import { invalidField } from "#lib/platform/errors.ts";
import { matchingAdapterIds } from "#lib/registry/adapters/adapter-list-store.ts";
import type { BulkChoice } from "../browser/bulk-schema.ts";
import { type ChosenVersion, newestReady, readChosen } from "./bulk-store.ts";

export type Chosen = { versions: ChosenVersion[]; withoutReady: number };

/**
 * The versions an action on many works on: those named, or the newest ready one of each adapter that a filter matches.
 * @throws AppError `invalid` naming versionIds (`choose_one`, `unknown_version`) or filter (`too_many_items`)
 */
export async function chooseVersions({ tx }: Ctx, choice: BulkChoice): Promise<Chosen> {
  const { versionIds, filter } = choice;
  if ((versionIds === undefined) === (filter === undefined))
    throw invalidField(
      "versionIds",
      "choose_one",
      "Give either versionIds or filter.",
      "Name versions, or give the filter of a list of adapters.",
    );
  if (versionIds !== undefined) {
    const versions = await readChosen(tx, versionIds);
    const known = new Set(versions.map(({ id }) => id));
    const unknown = versionIds.find((id) => !known.has(id));
    if (unknown === undefined) return { versions, withoutReady: 0 };
    throw invalidField("versionIds", "unknown_version", `There is no version ${unknown}.`, "Leave it out.");
  }
  const adapterIds = await matchingAdapterIds(tx, filter ?? {}, JOB_ITEMS_MAX + 1);
  if (adapterIds.length > JOB_ITEMS_MAX)
    throw invalidField(
      "filter",
      "too_many_items",
      `More than ${JOB_ITEMS_MAX} adapters match.`,
      "Narrow the filter, and do the rest afterwards.",
    );
  const ready = await newestReady(tx, adapterIds);
  return { versions: await readChosen(tx, ready), withoutReady: adapterIds.length - ready.length };
}

export const labelOf = (version: ChosenVersion): string =>
  `${version.tenantSlug}/${version.adapterSlug} v${version.number}`;

/** What a job calls a version, and finds it by. */
export const jobItemOf = (version: ChosenVersion) => ({ key: version.id, label: labelOf(version) });
