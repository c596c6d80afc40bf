"use client";

import { TextLink } from "#components/ui/button.tsx";
import { CopyBlock } from "#components/ui/copy.tsx";
import { PitfallEvidence } from "#components/ui/pitfalls/pitfall-item.tsx";
import type { AlertFinding } from "#lib/alerting/browser/alert-schema.ts";

const WEIGHT_WORDS: Record<AlertFinding["weight"], string> = {
  confirmed: "About the confirmed cause",
  possible: "Found there, not confirmed as the cause",
};

/**
 * What detectors saw where the subject is served, each with whether it is about the confirmed cause: that one's fix is among
 * what to do already.
 * @param text the cause, which need not be read twice
 */
export function AlertFindings({ findings, text }: { findings: readonly AlertFinding[]; text: string }) {
  if (findings.length === 0) return null;
  return (
    <ul aria-label="Findings on its nodes" className="mt-2 flex flex-col gap-3">
      {findings.map((finding) => (
        <li key={finding.id} data-weight={finding.weight} className="flex flex-col gap-1 border-t pt-2">
          <p className="text-sm">
            <span className="font-medium">
              {WEIGHT_WORDS[finding.weight]}: {finding.title}.
            </span>{" "}
            <span className="text-fg-2">{finding.why}</span>
          </p>
          {!text.includes(finding.sentence) && <p className="max-w-[72ch] text-sm wrap-anywhere">{finding.sentence}</p>}
          {finding.weight !== "confirmed" && finding.fix.action && (
            <TextLink href={finding.fix.action.href}>{finding.fix.action.label}</TextLink>
          )}
          <FindingBehind finding={finding} />
        </li>
      ))}
    </ul>
  );
}

const FindingBehind = ({ finding }: { finding: AlertFinding }) => (
  <details>
    <summary className="cursor-pointer text-sm text-accent pointer-coarse:py-2">
      {finding.forecast === null ? "Evidence" : "Evidence and forecast"}
    </summary>
    <div className="mt-2 flex flex-col gap-3">
      <PitfallEvidence finding={finding} />
      {finding.fix.command && <CopyBlock text={finding.fix.command} label="Copy the command" />}
    </div>
  </details>
);
