"use client";

import Download from "lucide-react/icons/download";
import Link from "next/link";
import { docsOf } from "#lib/registry/browser/finding-codes.ts";
import type { Finding, FindingSeverity } from "#lib/registry/schema.ts";
import { IconButton } from "../button.tsx";
import { cn } from "../cn.ts";
import { CopyButton } from "../copy.tsx";
import { StatusShape } from "../status.tsx";
import type { StateRole } from "../status-words.ts";
import { countsOf, GROUP_TITLES, type ReportSection, reportJson, sectionsOf, summaryOf } from "./report.ts";

const SEVERITY_ROLE: Record<FindingSeverity, StateRole> = {
  error: "bad",
  warning: "warn",
  note: "off",
  pass: "ok",
};
const SEVERITY_WORD: Record<FindingSeverity, string> = {
  error: "Error",
  warning: "Warning",
  note: "Note",
  pass: "Passed",
};

type FindingListProps = {
  findings: readonly Finding[];
  /** Name of the downloaded file, without its ending. */
  fileName?: string;
};

/**
 * A check report: how many of what, then every finding by group with its reason, fix, evidence and page, the worst
 * first. What passed is folded away behind its number.
 */
export function FindingList({ findings, fileName = "check-report" }: FindingListProps) {
  const open = sectionsOf(findings.filter(({ severity }) => severity !== "pass"));
  const passed = sectionsOf(findings.filter(({ severity }) => severity === "pass"));
  const worst = open[0]?.findings[0]?.severity ?? "pass";
  return (
    <div className="flex flex-col rounded-card border bg-bg text-sm">
      <div className="flex items-center gap-2 py-1.5 ps-3 pe-1.5">
        <StatusShape state={SEVERITY_ROLE[worst]} />
        <p className="grow font-medium" data-findings-summary>
          {summaryOf(findings)}
        </p>
        <ReportActions findings={findings} fileName={fileName} />
      </div>
      {open.map((section) => (
        <Section key={section.group} section={section} />
      ))}
      {passed.length > 0 && (
        <details className="border-t">
          <summary className="cursor-pointer px-3 py-2 text-fg-2 hover:text-fg pointer-coarse:py-3">
            {open.length === 0 ? "Passed checks" : `${countsOf(findings).pass} passed`}
          </summary>
          {passed.map((section) => (
            <Section key={section.group} section={section} />
          ))}
        </details>
      )}
    </div>
  );
}

function ReportActions({ findings, fileName }: Required<FindingListProps>) {
  const json = reportJson(findings);
  const download = () => {
    const url = URL.createObjectURL(new Blob([json], { type: "application/json" }));
    const link = Object.assign(document.createElement("a"), { href: url, download: `${fileName}.json` });
    link.click();
    URL.revokeObjectURL(url);
  };
  return (
    <>
      <CopyButton text={json} label="Copy report as JSON" />
      <IconButton label="Download report as JSON" size="sm" onClick={download}>
        <Download />
      </IconButton>
    </>
  );
}

function Section({ section: { group, findings } }: { section: ReportSection }) {
  return (
    <div className="border-t">
      <p className="bg-sub px-3 py-1 text-xs font-medium text-fg-2">{GROUP_TITLES[group]}</p>
      <ul className="flex flex-col divide-y" aria-label={GROUP_TITLES[group]}>
        {findings.map((finding) => (
          <FindingItem key={`${finding.code} ${finding.field} ${finding.title}`} finding={finding} />
        ))}
      </ul>
    </div>
  );
}

function FindingItem({ finding }: { finding: Finding }) {
  const { code, severity, title, message, fix, field, evidence } = finding;
  const docs = docsOf(code);
  return (
    <li data-finding={code} className="flex gap-3 px-3 py-2">
      <span className="flex h-5 items-center">
        <StatusShape state={SEVERITY_ROLE[severity]} />
      </span>
      <div className="flex min-w-0 grow flex-col gap-1">
        <div className="flex flex-wrap items-baseline gap-x-3">
          <p className={cn("min-w-0 wrap-anywhere", severity !== "pass" && "font-medium")}>
            <span className="sr-only">{SEVERITY_WORD[severity]}: </span>
            {title}
          </p>
          {docs ? (
            <Link
              href={docs}
              className="ms-auto inline-flex min-h-6 items-center font-mono text-xs text-accent hover:underline"
            >
              <span className="sr-only">About the check </span>
              {code}
            </Link>
          ) : (
            <code className="ms-auto font-mono text-xs text-fg-3">{code}</code>
          )}
        </div>
        <p className="max-w-prose text-fg-2 [overflow-wrap:anywhere]">{message}</p>
        {severity !== "pass" && <Details fix={fix} field={field} evidence={evidence} />}
      </div>
    </li>
  );
}

/** What to do, where, and the facts behind it. */
function Details({ fix, field, evidence }: Pick<Finding, "fix" | "field" | "evidence">) {
  const facts = [...(field === null ? [] : [{ label: "in", value: field }]), ...evidence];
  if (fix === null && facts.length === 0) return null;
  return (
    <dl className="grid grid-cols-[fit-content(35%)_minmax(0,1fr)] gap-x-4 gap-y-0.5 [&>dt]:min-w-12">
      {fix !== null && (
        <>
          <dt className="text-fg-3">Fix</dt>
          <dd className="max-w-prose wrap-anywhere">{fix}</dd>
        </>
      )}
      {facts.map(({ label, value }) => (
        <FactRow key={label} label={label} value={value} />
      ))}
    </dl>
  );
}

function FactRow({ label, value }: { label: string; value: string }) {
  return (
    <>
      <dt className="text-fg-3 first-letter:uppercase">{label}</dt>
      <dd className="break-all font-mono text-xs leading-5 text-fg-2">{value}</dd>
    </>
  );
}
