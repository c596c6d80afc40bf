"use client";

import { TextLink } from "#components/ui/button.tsx";
import { CopyBlock } from "#components/ui/copy.tsx";
import { PitfallEvidence } from "#components/ui/pitfalls/pitfall-item.tsx";
import type { AlertFinding } from "#lib/telemetry/browser/alert-schema.ts";

const WEIGHT_WORDS: Record<AlertFinding["weight"], string> = {
  proven: "Explains it",
  likely: "Likely behind it",
  possible: "Possibly behind it",
};

/**
 * What detectors saw where the subject is served, each with how far it explains the alert and what that rests on.
 * @param told the likely cause, which need not be read twice
 */
export function AlertFindings({ findings, told }: { findings: readonly AlertFinding[]; told: string }) {
  if (findings.length === 0) return null;
  return (
    <ul aria-label="Findings where it is served" className="mt-2 flex flex-col gap-3">
      {findings.map((finding, index) => (
        <li key={finding.id} data-weight={finding.weight} className="flex flex-col gap-1 border-t pt-2">
          <p className="text-sm">
            <span className="font-medium">
              {WEIGHT_WORDS[finding.weight]}: {finding.title}.
            </span>{" "}
            <span className="text-fg-2">{finding.why}</span>
          </p>
          {!told.includes(finding.sentence) && <p className="max-w-[72ch] text-sm wrap-anywhere">{finding.sentence}</p>}
          <FindingBehind finding={finding} isFirst={index === 0} />
        </li>
      ))}
    </ul>
  );
}

/** The first one's fix is among what to do already. */
const FindingBehind = ({ finding, isFirst }: { finding: AlertFinding; isFirst: boolean }) => (
  <details>
    <summary className="cursor-pointer text-sm text-accent pointer-coarse:py-2">
      {finding.forecast === null ? "Evidence" : "Evidence and forecast"}
    </summary>
    <div className="mt-2 flex flex-col gap-3">
      <PitfallEvidence finding={finding} />
      {!isFirst && finding.fix.action && <TextLink href={finding.fix.action.href}>{finding.fix.action.label}</TextLink>}
      {finding.fix.command && <CopyBlock text={finding.fix.command} label="Copy the command" />}
    </div>
  </details>
);
