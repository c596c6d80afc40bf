import { parseRelease, type Release } from "#lib/platform/browser/engine-release.ts";
import { defectText, type EngineFacts, type KnownDefect, matchDefects } from "./known-defects.ts";

/** Releases whose answers were read from source or recorded. */
export const PROFILES = ["0.6.3", "0.7-0.17", "0.25+"] as const;
export type ProfileId = (typeof PROFILES)[number];

/** How a vLLM release answers, as far as loading adapters goes. */
export type EngineProfile = {
  /** null = the node did not say, or said something that is no version. */
  version: string | null;
  id: ProfileId;
  /** Says that the release has no profile of its own and which one stands for it; null = it has. */
  substitution: EngineAdvisory | null;
  /**
   * What a load answers when the adapter itself is bad. Before 0.7 nothing is validated (200); until 0.17 every failure
   * is a 400; since 0.18 a failure in the engine is a 500, be it the adapter's fault or the engine's.
   */
  badAdapterStatus: 200 | 400 | 500;
  /** A load reads the files; where it does not, a 200 says nothing. */
  validatesOnLoad: boolean;
  /** Faults of the release that make it unsafe to serve customers, first the worst; one that says so when it is unknown. */
  advisories: readonly EngineAdvisory[];
};
export type EngineAdvisory = { code: string; message: string; fix: string };

const ANSWERS: Record<ProfileId, Pick<EngineProfile, "id" | "badAdapterStatus" | "validatesOnLoad">> = {
  "0.6.3": { id: "0.6.3", badAdapterStatus: 200, validatesOnLoad: false },
  "0.7-0.17": { id: "0.7-0.17", badAdapterStatus: 400, validatesOnLoad: true },
  "0.25+": { id: "0.25+", badAdapterStatus: 500, validatesOnLoad: true },
};

/**
 * The profile of a release; the nearest one, with a warning, for those between and beside them (0.18 to 0.24 answer as
 * later ones do, vllm.md §1.2).
 * @param facts that some faults depend on @param table of faults; tests give their own
 */
export function engineProfile(
  version: string | null,
  facts: EngineFacts = {},
  table?: readonly KnownDefect[],
): EngineProfile {
  const release = version === null ? null : parseRelease(version);
  if (release === null)
    return { version, ...ANSWERS["0.25+"], substitution: null, advisories: [unknownVersion(version)] };
  const { id, isExact } = profileOf(release);
  const unsafe = (matchDefects(version, facts, table) ?? []).filter(({ kind }) => kind === "unsafe");
  return {
    version,
    ...ANSWERS[id],
    substitution: isExact ? null : substitution(version ?? "", id),
    advisories: unsafe.map(advisoryOf),
  };
}

function profileOf({ major, minor, patch }: Release): { id: ProfileId; isExact: boolean } {
  if (major > 0) return { id: "0.25+", isExact: false };
  if (minor >= 18) return { id: "0.25+", isExact: minor >= 25 };
  if (minor >= 7) return { id: "0.7-0.17", isExact: true };
  return { id: "0.6.3", isExact: minor === 6 && patch === 3 };
}

export const advisoryOf = (defect: KnownDefect): EngineAdvisory => ({
  code: defect.code,
  message: defectText(defect),
  fix: defect.fix,
});

const unknownVersion = (version: string | null): EngineAdvisory => ({
  code: "engine_version_unknown",
  message: `The engine's version ${version === null ? "is not reported" : `"${version}" is not a release`}.`,
  fix: "Run a released vLLM, 0.25 or newer, so that known faults can be told.",
});

const substitution = (version: string, id: ProfileId): EngineAdvisory => ({
  code: "engine_profile_nearest",
  message: `vLLM ${version} has no profile of its own here; its answers are read as those of ${id}.`,
  fix: "Run vLLM 0.25 or newer, and run the contract suite against it.",
});
