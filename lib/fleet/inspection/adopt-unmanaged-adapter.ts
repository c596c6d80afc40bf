import type { Ctx, ReadCatalog } from "#lib/identity/ctx.ts";
import { AppError, conflict, invalidField, notFound } from "#lib/platform/errors.ts";
import { getAdapter } from "#lib/registry/adapters/adapter-store.ts";
import { resolveSource } from "#lib/registry/artifacts/source-directory.ts";
import { type ImportedArtifact, importArtifact, recordImport } from "#lib/registry/intake/import-version.ts";
import type { Version } from "#lib/registry/schema.ts";
import { findStored } from "#lib/registry/versions/version-store.ts";
import type { AdoptUnmanagedAdapter } from "../browser/inspection-schema.ts";
import { holdPlacement } from "../hold-placement.ts";
import { stageHolder } from "../stage-version.ts";
import { listUnmanagedAdapters, type NodeOfPool, readNodeOfPool } from "./find-unmanaged-adapters.ts";
import { pathsHere } from "./unmanaged-adapter-path.ts";

export type Adoption = { nodeName: string; root: string; imported: ImportedArtifact };
export type Adopted = { version: Version; held: boolean; message: string };

/**
 * Copies the folder that a node loaded an adapter from into the store and runs every check over it, as an intake by path
 * does. Nothing is changed on the node.
 * @throws AppError `not_found`; `invalid` naming loraName or adapterId; `node_unreachable`; `conflict` (`already_adopted`)
 */
export async function importUnmanagedAdapter(
  read: ReadCatalog,
  { nodeId, loraName, adapterId }: AdoptUnmanagedAdapter & { nodeId: string },
): Promise<Adoption> {
  const { node, adapter } = await read(async (ctx) => ({
    node: await readNodeOfPool(ctx, nodeId),
    adapter: await getAdapter(ctx.tx, adapterId),
  }));
  if (!adapter) throw notFound("adapter");
  if (adapter.poolId !== node.pool.id)
    throw invalidField(
      "adapterId",
      "adapter_in_other_pool",
      `The adapter belongs to another pool than ${node.name}.`,
      "Choose an adapter of the node's pool, or make one there.",
    );
  const root = await rootOf(node, loraName);
  const imported = await importArtifact(read, { adapterId, path: await placeHere(node, root) });
  const stored = await read((ctx) => findStored(ctx.tx, adapter.tenantId, imported.settled.digest));
  if (stored?.adapterSlug === adapter.slug)
    throw conflict(
      "already_adopted",
      `The same bytes are version ${stored.number} of ${adapter.slug} already.`,
      "Stage that version instead.",
      "loraName",
    );
  return { nodeName: node.name, root, imported };
}

async function rootOf(node: NodeOfPool, loraName: string): Promise<string> {
  const unmanagedAdapters = await listUnmanagedAdapters(node);
  const unmanaged = unmanagedAdapters.find((candidate) => candidate.loraName === loraName);
  if (!unmanaged)
    throw invalidField(
      "loraName",
      "no_such_unmanaged_adapter",
      `${node.name} has no unmanaged adapter of that name.`,
      "Choose one of GET /nodes/{nodeId}/unmanaged-adapters.",
    );
  if (unmanaged.root === null || pathsHere(unmanaged.root, node.pool.adapterDirectory, node.adapterStore).length === 0)
    throw invalidField(
      "loraName",
      "unmanaged_adapter_out_of_reach",
      `Its folder, ${unmanaged.root ?? "which the node does not name"}, is not below the adapter store's mount (${node.pool.adapterDirectory}).`,
      "Copy the folder below the adapter store and add it as a version from there.",
    );
  return unmanaged.root;
}

/** The first place of this machine where the folder can be reached. @throws AppError `invalid` naming loraName */
async function placeHere(node: NodeOfPool, root: string): Promise<string> {
  let refusal: unknown = null;
  for (const path of pathsHere(root, node.pool.adapterDirectory, node.adapterStore)) {
    try {
      return await resolveSource(path, [node.pool.adapterDirectory, node.adapterStore], node.adapterStore);
    } catch (error) {
      refusal = error;
    }
  }
  if (!(refusal instanceof AppError)) throw refusal;
  throw invalidField(
    "loraName",
    "unmanaged_adapter_unreadable",
    `Its folder, ${root} on the node, cannot be read from here: ${refusal.message}`,
    `Mount what the node has at ${node.pool.adapterDirectory} on this machine at ${node.adapterStore}.`,
  );
}

/** Adds what was imported as a new version and, if the checks let it pass, wants it on the pool's serving nodes. */
export async function adoptUnmanagedAdapter(
  ctx: Ctx,
  { loraName, adapterId }: AdoptUnmanagedAdapter,
  { nodeName, root, imported }: Adoption,
): Promise<Adopted> {
  const origin = {
    source: `${nodeName}:${root}`.slice(0, 500),
    note: `Adopted: loaded there as ${loraName}.`.slice(0, 500),
  };
  const version = await recordImport(ctx, { adapterId, origin, imported });
  if (version.state !== "ready")
    return {
      version,
      held: false,
      message: `The checks rejected it; the version's report says why. ${loraName} stays on ${nodeName} as it is.`,
    };
  await holdPlacement(ctx, {
    versionId: version.id,
    nodeIds: "pool",
    holder: stageHolder(version.id),
    reason: `Adopted from ${nodeName}.`,
  });
  return {
    version,
    held: true,
    message: [
      `Its files were copied into the adapter store and are loaded as ${version.loraName} on every serving node of the pool.`,
      `Nothing is renamed on ${nodeName}: ${loraName} stays loaded there, and requests with that name still get it.`,
      "Evaluate and cut over to the version; then unload the old name, or let the pool's drift policy remove it.",
    ].join(" "),
  };
}
