import type { OnboardingFinding } from "../schema.ts";
import { backendOf, judgeEngine } from "./judge-engine.ts";

type Reported = { report: readonly OnboardingFinding[] | null; engineVersion: string | null; gpu: string | null };

/** What was kept, and the known faults of the engine it runs now. Empty = never inspected. */
export const findingsNow = (node: Reported): OnboardingFinding[] =>
  node.report === null
    ? []
    : [...node.report, ...judgeEngine({ version: node.engineVersion, backend: backendOf(node.gpu) })];
