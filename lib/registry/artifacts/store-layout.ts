import { createHash } from "node:crypto";
import { join } from "node:path";

/** First 12 hex digits of a digest, as lora names and store paths carry it. */
export const digest12 = (digest: string): string => digest.slice(0, 12);

/**
 * What a node knows a version by: `<tenant>--<adapter>--v<N>-<digest12>`, of `[a-z0-9-]` only, since vLLM joins names
 * with commas. Numbers are never given twice, so neither is a name. Slugs hold no double dash, so it also splits again.
 */
export const loraNameOf = (version: {
  tenantSlug: string;
  adapterSlug: string;
  number: number;
  digest: string;
}): string => `${version.tenantSlug}--${version.adapterSlug}--v${version.number}-${digest12(version.digest)}`;

/** Where a version's files stand below the adapter store, and below each node's mount of it. */
export const storePathOf = (version: { tenantSlug: string; adapterSlug: string; digest: string }): string =>
  `${version.tenantSlug}--${version.adapterSlug}/${digest12(version.digest)}`;

const INCOMING = ".incoming";
/** Where files arrive before anything about them is proven; on the same file system, so that a rename is atomic. */
export const incomingRoot = (adapterStore: string): string => join(adapterStore, INCOMING);
export const incomingDirectory = (adapterStore: string, versionId: string): string =>
  join(incomingRoot(adapterStore), versionId);

/** Where directories go whose bytes were found wrong, once right ones take their place; kept for whoever looks into it. */
export const damagedRoot = (adapterStore: string): string => join(adapterStore, ".damaged");

/**
 * The digest of a version: SHA-256 (hex) over one line a file, `<sha256>  <sizeBytes>  <path>`, sorted by path, so that
 * equal folders have equal digests whatever order their files came in.
 */
export function manifestDigest(files: readonly { path: string; sizeBytes: number; sha256: string }[]): string {
  const lines = [...files]
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .map(({ path, sizeBytes, sha256 }) => `${sha256}  ${sizeBytes}  ${path}\n`);
  return createHash("sha256").update(lines.join("")).digest("hex");
}
