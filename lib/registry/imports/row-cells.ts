import { CHECK_GROUPS, type CheckGroup, groupOf } from "../browser/finding-codes.ts";
import type { ImportRow } from "../browser/import-schema.ts";
import type { Finding, FindingSeverity } from "../schema.ts";

const RANK: Record<FindingSeverity, number> = { pass: 0, note: 1, warning: 2, error: 3 };

/** The worst first, otherwise in the order in which the checks said them. */
export const worstFirst = (findings: readonly Finding[]): Finding[] =>
  [...findings].sort((a, b) => RANK[b.severity] - RANK[a.severity]);

/** The worst severity of each group; null = nothing was said there. */
export function cellsOf(findings: readonly Finding[]): ImportRow["cells"] {
  const cells = Object.fromEntries(CHECK_GROUPS.map((group) => [group, null])) as ImportRow["cells"];
  for (const { code, severity } of findings) {
    const group = groupIn(code);
    const before = cells[group];
    if (before === null || RANK[severity] > RANK[before]) cells[group] = severity;
  }
  return cells;
}

/** The group of a finding; what no check of ours said is about the folder itself. */
export const groupIn = (code: string): CheckGroup => groupOf(code) ?? "files";
