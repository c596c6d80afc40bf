import { type EngineAdvisory, engineProfile } from "#lib/vllm/engine-profile.ts";
import { type DefectKind, defectText, matchDefects } from "#lib/vllm/known-defects.ts";
import type { OnboardingFinding } from "../schema.ts";
import { pass, warning, warningOf } from "./finding.ts";

type Engine = { version: string | null; backend?: "cpu" | "gpu" | null };

/**
 * What is known about a release, from the table as it is now. It is made anew whenever a report is read, and never
 * stored: a table that has grown since the inspection counts as well.
 */
export function judgeEngine({ version, backend = null }: Engine): OnboardingFinding[] {
  const profile = engineProfile(version);
  const defects = matchDefects(version, { backend }) ?? [];
  const of = (kind: DefectKind) => defects.filter((defect) => defect.kind === kind);
  const listed = new Set(profile.advisories.map(({ code }) => code));
  const onThisBackend = of("unsafe").filter(({ code }) => !listed.has(code));
  const findings = [
    ...profile.advisories.map(withVersion(version)),
    ...onThisBackend.map((defect) => warning(defect.code, defectText(defect), defect.fix)),
    ...(profile.substitution ? [warningOf(profile.substitution)] : []),
  ];
  if (findings.length === 0)
    findings.push(pass("engine_release", `No fault of vLLM ${version} is known that could hurt customers.`));
  const avoided = of("avoided");
  if (avoided.length > 0)
    findings.push(
      pass(
        "engine_avoided",
        `Known faults of this release that Switchyard's way of loading avoids: ${avoided.map(({ reference }) => reference).join(", ")}.`,
      ),
    );
  return findings;
}

const withVersion =
  (version: string | null) =>
  (advisory: EngineAdvisory): OnboardingFinding =>
    warning(advisory.code, version === null ? advisory.message : `vLLM ${version}: ${advisory.message}`, advisory.fix);

/** What an operator wrote about the machine, as far as it tells engines on a CPU apart. */
export const backendOf = (gpu: string | null): "cpu" | null => (/^\s*cpu\b/i.test(gpu ?? "") ? "cpu" : null);
