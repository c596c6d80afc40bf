import { AppError } from "#lib/platform/errors.ts";
import { systemCode } from "#lib/platform/system-code.ts";
import type { PoolRecord } from "#lib/pools/store.ts";
import { resolveSource } from "../artifacts/source-directory.ts";
import { checkDirectory } from "../contract/check-directory.ts";
import type { Finding } from "../schema.ts";

export type SourceCheck = { readable: true; path: string; findings: Finding[] } | { readable: false; reason: string };

/**
 * Runs every check of an intake over a folder where it stands, without copying a byte: what would be said if it were
 * taken in now. Only below the pool's adapter directory and the adapter store, as for an import.
 */
export async function checkSource(path: string, pool: PoolRecord, adapterStore: string): Promise<SourceCheck> {
  try {
    const source = await resolveSource(path, [pool.adapterDirectory, adapterStore], adapterStore);
    return { readable: true, path: source, findings: await checkDirectory(source, pool) };
  } catch (error) {
    if (isRefusal(error)) return { readable: false, reason: error.message };
    throw error;
  }
}

const UNREADABLE = new Set(["EACCES", "EPERM", "ENOENT", "ELOOP"]);
const isRefusal = (error: unknown): error is Error =>
  error instanceof AppError || (error instanceof Error && UNREADABLE.has(systemCode(error) ?? ""));
