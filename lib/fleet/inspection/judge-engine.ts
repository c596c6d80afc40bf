import { engineBackend, type SeenBackend } from "#lib/vllm/engine-backend.ts";
import { type EngineAdvisory, engineProfile } from "#lib/vllm/engine-profile.ts";
import { type DefectKind, matchDefects } from "#lib/vllm/known-defects.ts";
import type { OnboardingFinding } from "../schema.ts";
import { pass, unknown, warning, warningOf } from "./finding.ts";

type Engine = {
  version: string | null;
  /** What the node shows of its device. */
  backend?: SeenBackend | null;
  /** What an admin said of the machine. */
  gpu?: string | null;
};

/**
 * What is known about a release, from the table as it is now. It is made anew whenever a report is read, and never
 * stored: a table that has grown since the inspection counts as well.
 */
export function judgeEngine({ version, backend: seen = null, gpu = null }: Engine): OnboardingFinding[] {
  const facts = { backend: engineBackend(seen, gpu) };
  const profile = engineProfile(version, facts);
  const defects = matchDefects(version, facts) ?? [];
  const of = (kind: DefectKind) => defects.filter((defect) => defect.kind === kind);
  const findings = [
    ...profile.advisories.map(withVersion(version)),
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
  return [...findings, ...judgeDevice(seen, gpu, facts.backend)];
}

/** On what the engine computes, where that is a guess or not known: some faults depend on it. */
function judgeDevice(seen: SeenBackend | null, gpu: string | null, backend: "cpu" | "gpu" | null): OnboardingFinding[] {
  if (backend === null)
    return [
      unknown(
        "engine_device_unknown",
        "It does not show whether its engine computes on a GPU or a CPU; faults of CPU engines are not considered.",
        "Name the GPU when you add the node, or CPU, or install Switchyard's plugin on it.",
      ),
    ];
  if (seen !== "cpu_likely" || backend === "gpu" || gpu !== null) return [];
  return [
    warning(
      "engine_device_guessed",
      "Its KV cache blocks have 128 tokens, which GPU engines do not use by default. It is treated as a CPU engine.",
      "If it has a GPU, name it when you add the node, or install Switchyard's plugin on it.",
    ),
  ];
}

const withVersion =
  (version: string | null) =>
  (advisory: EngineAdvisory): OnboardingFinding =>
    warning(advisory.code, version === null ? advisory.message : `vLLM ${version}: ${advisory.message}`, advisory.fix);
