import type { Finding, FindingSeverity } from "#lib/registry/schema.ts";
import { StatusShape } from "../ui/status.tsx";
import type { StateRole } from "../ui/status-words.ts";

const ROLE: Record<FindingSeverity, StateRole> = { error: "bad", warning: "warn", note: "off", pass: "ok" };
const WORD: Record<FindingSeverity, string> = { error: "Refused", warning: "Warning", note: "Note", pass: "Passed" };
const ORDER: readonly FindingSeverity[] = ["error", "warning", "note", "pass"];

/** What the checks found, the worst first: what, why, and what to do. */
export function FindingList({ findings }: { findings: readonly Finding[] }) {
  const sorted = findings.toSorted((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity));
  return (
    <ul className="flex flex-col divide-y rounded-card border">
      {sorted.map((finding) => (
        <li
          key={`${finding.code} ${finding.field}`}
          data-finding={finding.code}
          className="flex gap-3 px-3 py-2 text-sm"
        >
          <span className="flex h-5 items-center">
            <StatusShape state={ROLE[finding.severity]} />
          </span>
          <div className="flex min-w-0 grow flex-col gap-0.5">
            <p className="font-medium">
              <span className="sr-only">{WORD[finding.severity]}: </span>
              {finding.title}
              {finding.field && (
                <code className="font-mono text-xs font-normal break-all text-fg-3 max-sm:block sm:ms-2">
                  {finding.field}
                </code>
              )}
            </p>
            {finding.severity !== "pass" && <p className="text-fg-2">{finding.message}</p>}
            {finding.fix && finding.severity !== "pass" && <p className="text-fg-2">{finding.fix}</p>}
            {finding.severity !== "pass" && finding.evidence.length > 0 && (
              <dl className="flex flex-wrap gap-x-4 text-xs text-fg-3">
                {finding.evidence.map(({ label, value }) => (
                  <div key={label} className="flex gap-1">
                    <dt>{label}</dt>
                    <dd className="break-all font-mono text-fg-2">{value}</dd>
                  </div>
                ))}
              </dl>
            )}
          </div>
          <code className="hidden shrink-0 font-mono text-xs text-fg-3 sm:block">{finding.code}</code>
        </li>
      ))}
    </ul>
  );
}
