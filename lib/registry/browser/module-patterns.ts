import { compareReleases, parseRelease, type Release } from "#lib/platform/browser/engine-release.ts";

/** PEFT's rank_pattern and alpha_pattern: modules by name or regular expression, with a value of their own. */
export type Pattern = Readonly<Record<string, number>>;

/** The first release that was seen to scale by the patterns; those up to 0.28 were read, and pass over them in silence. */
const HONOURED_SINCE: Release = { major: 0, minor: 32, patch: 0 };

/** What a pool's nodes make of patterns. `why` says so in one sentence with their releases. */
export type PatternSupport = { isHonoured: true } | { isHonoured: false; why: string };

/** @param versions of the pool's nodes; null = one that has not said */
export function patternSupport(versions: readonly (string | null)[]): PatternSupport {
  if (versions.length === 0)
    return { isHonoured: false, why: "The pool has no node yet, so the release that would serve it is not known." };
  const releases = versions.map((version) => ({ version, release: version === null ? null : parseRelease(version) }));
  if (releases.some(({ release }) => release === null))
    return { isHonoured: false, why: "A node of the pool has not said its release, so it may ignore the setting." };
  const older = releases.filter(({ release }) => release !== null && compareReleases(release, HONOURED_SINCE) < 0);
  if (older.length === 0) return { isHonoured: true };
  const named = older.map(({ version }) => version).join(", ");
  return {
    isHonoured: false,
    why: `Nodes of the pool run vLLM ${named}, which scales every module by r and lora_alpha.`,
  };
}

/** Names, paths, alternatives, classes; what may repeat is one character, so that nothing backtracks for long. */
const PLAIN = /^(?:(?:[\w.]|\\[.dw]|\[[\w-]+\])[*+?]?|[|()^$-])+$/;
const MOST_CHARACTERS = 200;
const MOST_WILDCARDS = 1;
/** No module of any model lies deeper; longer paths, of hostile files, are not compared. */
const LONGEST_PATH = 120;

/** Whether a pattern's key can be evaluated without risk. */
export const isPlainPattern = (key: string): boolean =>
  key.length <= MOST_CHARACTERS &&
  PLAIN.test(key) &&
  (key.match(/[*+?]/g)?.length ?? 0) <= MOST_WILDCARDS &&
  compiled(key) !== null;

function compiled(key: string): RegExp | null {
  try {
    return new RegExp(`^(.*\\.)?(${key})$`);
  } catch {
    return null; // brackets that do not close
  }
}

/**
 * The value that PEFT and vLLM take for a module: of the first key that is a suffix of its path from a dot on.
 * @param path of a module of the base, without PEFT's prefix
 */
export function patternValue(pattern: Pattern | null | undefined, path: string, otherwise: number): number {
  if (!pattern || path.length > LONGEST_PATH) return otherwise;
  const found = Object.entries(pattern).find(([key]) => isPlainPattern(key) && compiled(key)?.test(path));
  return found?.[1] ?? otherwise;
}

/** The highest rank any module may have: what a slot must hold. */
export const highestRank = (rank: number, pattern: Pattern | null | undefined): number =>
  Math.max(rank, ...Object.values(pattern ?? {}));
