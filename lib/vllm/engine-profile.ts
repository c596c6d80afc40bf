/** What is known to differ between vLLM releases, as far as loading adapters goes. */
export type EngineProfile = {
  /** null = the node did not say, or said something that is no version. */
  version: string | null;
  /**
   * What a load answers when the adapter itself is bad. Before 0.7 nothing is validated (200); until 0.17 every failure
   * is a 400; since 0.18 a failure in the engine is a 500, be it the adapter's fault or the engine's.
   */
  badAdapterStatus: 200 | 400 | 500;
  advisories: readonly EngineAdvisory[];
};
export type EngineAdvisory = { code: string; message: string; fix: string };

type Release = { major: number; minor: number };

/** "0.27.1", "0.28.0rc1", "0.17.0+cpu" → release; null for anything else (such as a commit). */
export function parseRelease(version: string): Release | null {
  const match = /^v?(\d+)\.(\d+)(?:\.|$|[a-z+-])/.exec(version.trim());
  return match ? { major: Number(match[1]), minor: Number(match[2]) } : null;
}

const isBelow = (release: Release, minor: number): boolean => release.major === 0 && release.minor < minor;

/** vLLM #47724: a load under traffic made running requests continue with another tenant's adapter. */
const WRONG_ADAPTER_BELOW = 25;
/** CVE-2026-44222 and those before it (auto_map, SSRF, trust_remote_code). */
const SECURITY_BELOW = 20;

export function engineProfile(version: string | null): EngineProfile {
  const release = version === null ? null : parseRelease(version);
  if (release === null)
    return {
      version,
      badAdapterStatus: 500,
      advisories: [
        {
          code: "engine_version_unknown",
          message: `The engine's version ${version === null ? "is not reported" : `"${version}" is not a release`}.`,
          fix: "Run a released vLLM, 0.25 or newer, so that known faults can be told.",
        },
      ],
    };
  const advisories: EngineAdvisory[] = [];
  if (isBelow(release, WRONG_ADAPTER_BELOW))
    advisories.push({
      code: "engine_wrong_adapter_under_load",
      message: `vLLM ${version} can answer with another tenant's adapter while one is being loaded (vLLM #47724).`,
      fix: "Upgrade to vLLM 0.25 or newer before customers are served from this node.",
    });
  if (isBelow(release, SECURITY_BELOW))
    advisories.push({
      code: "engine_security_floor",
      message: `vLLM ${version} has published vulnerabilities that were fixed up to 0.20.0.`,
      fix: "Upgrade to vLLM 0.25 or newer.",
    });
  return { version, badAdapterStatus: isBelow(release, 7) ? 200 : isBelow(release, 18) ? 400 : 500, advisories };
}
