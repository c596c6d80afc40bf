import { CHECK_GROUPS, type CheckGroup, docsOf, groupOf } from "#lib/registry/browser/finding-codes.ts";
import type { Finding, FindingSeverity } from "#lib/registry/schema.ts";

/** The worst first. */
export const SEVERITY_ORDER: readonly FindingSeverity[] = ["error", "warning", "note", "pass"];

/** What a section of a report is about. `other`: codes of a report older than this page. */
export type ReportGroup = CheckGroup | "other";
export const GROUP_TITLES: Readonly<Record<ReportGroup, string>> = {
  files: "Files",
  name: "Names",
  config: "Adapter config",
  weights: "Weights file",
  base: "Base model",
  tokenizer: "Tokenizer and chat template",
  values: "Weight values",
  pool: "Fit to the pool",
  other: "Other",
};
const GROUP_ORDER: readonly ReportGroup[] = [...CHECK_GROUPS, "other"];

export type ReportSection = { group: ReportGroup; findings: Finding[] };

const rankOf = ({ severity }: Finding): number => SEVERITY_ORDER.indexOf(severity);
const worstOf = ({ findings }: ReportSection): number => Math.min(...findings.map(rankOf));

/** Findings by group; inside a group and among the groups the worst first, else in reading order. */
export function sectionsOf(findings: readonly Finding[]): ReportSection[] {
  const sections = GROUP_ORDER.map((group) => ({
    group,
    findings: findings
      .filter(({ code }) => (groupOf(code) ?? "other") === group)
      .toSorted((a, b) => rankOf(a) - rankOf(b)),
  })).filter((section) => section.findings.length > 0);
  return sections.toSorted((a, b) => worstOf(a) - worstOf(b));
}

export type SeverityCounts = Readonly<Record<FindingSeverity, number>>;
export const countsOf = (findings: readonly Finding[]): SeverityCounts => ({
  error: findings.filter(({ severity }) => severity === "error").length,
  warning: findings.filter(({ severity }) => severity === "warning").length,
  note: findings.filter(({ severity }) => severity === "note").length,
  pass: findings.filter(({ severity }) => severity === "pass").length,
});

const plural = (count: number, one: string): string => `${count} ${one}${count === 1 ? "" : "s"}`;

/** "3 errors, 1 warning, 12 passed": what is zero is left out, but for a report without errors that is said. */
export function summaryOf(findings: readonly Finding[]): string {
  const { error, warning, note, pass } = countsOf(findings);
  return [
    error === 0 ? "No errors" : plural(error, "error"),
    ...(warning === 0 ? [] : [plural(warning, "warning")]),
    ...(note === 0 ? [] : [plural(note, "note")]),
    ...(pass === 0 ? [] : [`${pass} passed`]),
  ].join(", ");
}

/** The report for a ticket or a trainer's pipeline: everything that is on the screen, with the page of each code. */
export const reportJson = (findings: readonly Finding[]): string =>
  JSON.stringify(
    {
      summary: countsOf(findings),
      findings: sectionsOf(findings).flatMap(({ group, findings: list }) =>
        list.map((finding) => ({ ...finding, group, docs: docsOf(finding.code) })),
      ),
    },
    null,
    2,
  );
