import type { Ctx } from "#lib/identity/ctx.ts";
import { JOB_ITEMS_MAX } from "#lib/jobs/schema.ts";
import type { Tx } from "#lib/platform/db.ts";
import { invalidField } from "#lib/platform/errors.ts";
import { matchingAdapterIds } from "#lib/registry/adapters/adapter-list-store.ts";
import type { BulkChoice } from "../browser/bulk-schema.ts";
import { type ChosenVersion, knownAdapters, newestReady, readChosen } from "./bulk-store.ts";

export type Chosen = { versions: ChosenVersion[]; withoutReady: number };

/**
 * The versions an action on many works on: those named, or the newest ready one of each adapter that is named or that a
 * filter matches.
 * @throws AppError `invalid` naming versionIds (`choose_one`, `unknown_version`), adapterIds (`unknown_adapter`) or filter
 * (`too_many_items`)
 */
export async function chooseVersions({ tx }: Ctx, choice: BulkChoice): Promise<Chosen> {
  const { versionIds, adapterIds, filter } = choice;
  if ([versionIds, adapterIds, filter].filter((part) => part !== undefined).length !== 1)
    throw invalidField(
      "versionIds",
      "choose_one",
      "Give one of versionIds, adapterIds and filter.",
      "Name versions or adapters, or give the filter of a list of adapters.",
    );
  if (versionIds !== undefined) return { versions: await requireVersions(tx, versionIds), withoutReady: 0 };
  if (adapterIds !== undefined) return newestOf(tx, await requireAdapters(tx, adapterIds));
  const matching = await matchingAdapterIds(tx, filter ?? {}, JOB_ITEMS_MAX + 1);
  if (matching.length <= JOB_ITEMS_MAX) return newestOf(tx, matching);
  throw invalidField(
    "filter",
    "too_many_items",
    `More than ${JOB_ITEMS_MAX} adapters match.`,
    "Narrow the filter, and do the rest afterwards.",
  );
}

async function requireVersions(tx: Tx, versionIds: readonly string[]): Promise<ChosenVersion[]> {
  const versions = await readChosen(tx, versionIds);
  const known = new Set(versions.map(({ id }) => id));
  const unknown = versionIds.find((id) => !known.has(id));
  if (unknown === undefined) return versions;
  throw invalidField("versionIds", "unknown_version", `There is no version ${unknown}.`, "Leave it out.");
}

async function requireAdapters(tx: Tx, adapterIds: readonly string[]): Promise<string[]> {
  const known = new Set(await knownAdapters(tx, adapterIds));
  const unknown = adapterIds.find((id) => !known.has(id));
  if (unknown === undefined) return [...known];
  throw invalidField("adapterIds", "unknown_adapter", `There is no adapter ${unknown}.`, "Leave it out.");
}

async function newestOf(tx: Tx, adapterIds: readonly string[]): Promise<Chosen> {
  const ready = await newestReady(tx, adapterIds);
  return { versions: await readChosen(tx, ready), withoutReady: adapterIds.length - ready.length };
}

export const labelOf = (version: ChosenVersion): string =>
  `${version.tenantSlug}/${version.adapterSlug} v${version.number}`;

/** What a job calls a version, and finds it by. */
export const jobItemOf = (version: ChosenVersion) => ({ key: version.id, label: labelOf(version) });
