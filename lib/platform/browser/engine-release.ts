export type Release = { major: number; minor: number; patch: number };

/** "0.27.1", "0.28.0rc1", "0.17.0+cpu" → release; null for anything else (such as a commit). */
export function parseRelease(version: string): Release | null {
  const match = /^v?(\d+)\.(\d+)(?:\.(\d+))?(?:\.|$|[a-z+-])/.exec(version.trim());
  return match ? { major: Number(match[1]), minor: Number(match[2]), patch: Number(match[3] ?? 0) } : null;
}

/** Negative when `a` came before `b`, 0 when they are the same. */
export const compareReleases = (a: Release, b: Release): number =>
  a.major - b.major || a.minor - b.minor || a.patch - b.patch;
