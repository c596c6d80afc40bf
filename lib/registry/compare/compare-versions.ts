import { join } from "node:path";
import type { Deps, ReadCatalog } from "#lib/identity/ctx.ts";
import { notFound } from "#lib/platform/errors.ts";
import { headerExtent, parseSafetensorsHeader } from "#lib/platform/safetensors/header.ts";
import { openForReading, readFully } from "../artifacts/artifact-files.ts";
import type { VersionDiff } from "../browser/compare-schema.ts";
import { CONFIG_FILE, WEIGHTS_FILE } from "../browser/file-set.ts";
import { getCompared } from "./compare-store.ts";
import { diffVersions, type Side } from "./diff-versions.ts";

/** No config of an adapter comes near it; a larger one is not read. */
const CONFIG_MAX_BYTES = 1024 ** 2;

/**
 * Reads both versions, then their config and header from the store, outside of any transaction. Bytes that cannot be
 * read leave their part of the comparison unknown.
 * @throws AppError `not_found` also for versions of two tenants
 */
export async function compareVersions(read: ReadCatalog, ids: { a: string; b: string }): Promise<VersionDiff> {
  const { a, b, deps } = await read(async ({ tx, deps }) => ({
    a: await getCompared(tx, ids.a),
    b: await getCompared(tx, ids.b),
    deps,
  }));
  if (a === null || b === null || a.version.tenantId !== b.version.tenantId) throw notFound("version");
  return diffVersions(
    { ...a, ...(await readFolder(deps, a.version)) },
    { ...b, ...(await readFolder(deps, b.version)) },
  );
}

type Stored = { storePath: string | null; state: string };

async function readFolder(
  { adapterStore }: Deps,
  { storePath, state }: Stored,
): Promise<Pick<Side, "config" | "tensors">> {
  // what is quarantined are not the registered bytes any more
  if (storePath === null || state === "quarantined") return { config: null, tensors: null };
  const place = (name: string) => join(adapterStore, storePath, name);
  return { config: await readConfig(place(CONFIG_FILE)), tensors: await readTensors(place(WEIGHTS_FILE)) };
}

async function readConfig(path: string): Promise<Side["config"]> {
  const bytes = await readStart(path, (size) => (size > CONFIG_MAX_BYTES ? null : size));
  if (bytes === null) return null;
  try {
    const read: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return read !== null && typeof read === "object" && !Array.isArray(read) ? { ...read } : null;
  } catch {
    return null; // checked when it was added; not readable now
  }
}

async function readTensors(path: string): Promise<Side["tensors"]> {
  let fileSize = 0;
  const bytes = await readStart(path, (size, first) => {
    fileSize = size;
    const extent = headerExtent(first, size);
    return extent.ok ? extent.bytes : null;
  });
  const parsed = bytes && parseSafetensorsHeader(bytes, fileSize);
  return parsed?.ok ? parsed.header.tensors : null;
}

const LENGTH_BYTES = 8;

/** As many bytes of a file's start as `extent` says, or null when it says none or the file cannot be read. */
async function readStart(
  path: string,
  extent: (size: number, first: Uint8Array) => number | null,
): Promise<Uint8Array | null> {
  const handle = await openForReading(path).catch(() => null);
  if (handle === null) return null;
  try {
    const { size } = await handle.stat();
    const first = await readFully(handle, new Uint8Array(Math.min(LENGTH_BYTES, size)), 0);
    const bytes = extent(size, first);
    return bytes === null ? null : await readFully(handle, new Uint8Array(bytes), 0);
  } catch {
    return null; // truncated meanwhile: the scrubber finds out, this only compares
  } finally {
    await handle.close();
  }
}
