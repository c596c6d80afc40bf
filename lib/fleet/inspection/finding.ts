import type { EngineAdvisory } from "#lib/vllm/engine-profile.ts";
import type { OnboardingFinding } from "../schema.ts";

type Advice = (code: string, message: string, fix: string) => OnboardingFinding;
const advice =
  (severity: OnboardingFinding["severity"]): Advice =>
  (code, message, fix) => ({ code, severity, message, fix });

/** Keeps the node from being added. */
export const problem = advice("problem");
export const warning = advice("warning");
/** The node does not tell. */
export const unknown = advice("unknown");
export const pass = (code: string, message: string): OnboardingFinding => ({
  code,
  severity: "pass",
  message,
  fix: null,
});

export const warningOf = ({ code, message, fix }: EngineAdvisory): OnboardingFinding => warning(code, message, fix);
