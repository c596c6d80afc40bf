import { readBackend } from "#lib/vllm/engine-backend.ts";
import type { OnboardingFinding } from "../schema.ts";
import { judgeEngine } from "./judge-engine.ts";

type Reported = {
  report: readonly OnboardingFinding[] | null;
  engineVersion: string | null;
  backend: string | null;
  gpu: string | null;
};

/** What was kept, and the known faults of the engine it runs now. Empty = never inspected. */
export const findingsNow = (node: Reported): OnboardingFinding[] =>
  node.report === null
    ? []
    : [
        ...node.report,
        ...judgeEngine({ version: node.engineVersion, backend: readBackend(node.backend), gpu: node.gpu }),
      ];
