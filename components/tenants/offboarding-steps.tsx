"use client";

import type { Offboarding, OffboardingStep } from "#lib/registry/browser/offboarding-schema.ts";
import { Card } from "../ui/card.tsx";
import { Status } from "../ui/status.tsx";
import { Time } from "../ui/time.tsx";
import { removedLines } from "./removed-lines.ts";

const TITLES: Record<OffboardingStep["step"], string> = {
  traffic: "Traffic",
  work: "Evaluations and cutovers",
  keys: "Keys and people",
  placements: "Placements",
  residency: "Memory of the nodes",
  export: "Export",
  artifacts: "Files",
};

/** Each step with its state, the reason for it, and what it removed where and when. */
export function OffboardingSteps({ offboarding }: { offboarding: Offboarding }) {
  return (
    <Card title="Steps" flush>
      <ol className="flex flex-col divide-y border-t">
        {offboarding.steps.map((step) => (
          <li key={step.step} className="grid grid-cols-1 gap-x-6 gap-y-1 px-4 py-3 sm:grid-cols-[13rem_minmax(0,1fr)]">
            <div className="flex flex-col gap-1">
              <h3 className="text-md font-medium">{TITLES[step.step]}</h3>
              <Status of="offboarding_step" is={standingOf(step)} />
            </div>
            <div className="flex min-w-0 flex-col gap-1.5 text-sm">
              <p className="text-fg">{step.message || "Waiting for the previous steps."}</p>
              {step.finishedAt && (
                <p className="text-fg-3">
                  <Time at={step.finishedAt} />
                </p>
              )}
              <Removed step={step} />
            </div>
          </li>
        ))}
      </ol>
    </Card>
  );
}

/** A step that nobody has begun is pending; one that waits for something says for what. */
const standingOf = ({ state, startedAt }: OffboardingStep) =>
  state === "waiting" && startedAt === null ? "pending" : state;

function Removed({ step }: { step: OffboardingStep }) {
  const lines = removedLines(step);
  if (lines.length === 0) return null;
  return (
    <details>
      <summary className="cursor-pointer text-fg-2 pointer-coarse:py-2">Removed items ({lines.length})</summary>
      <ul className="mt-1.5 flex flex-col gap-1">
        {lines.map(({ what, where, at }) => (
          <li key={`${what} ${where}`} className="flex flex-wrap gap-x-3 break-all">
            <code className="font-mono text-xs leading-5">{what}</code>
            <span className="text-fg-2">{where}</span>
            <span className="text-fg-3">{at === null ? "not yet" : <Time at={at} />}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}
