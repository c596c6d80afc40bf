import type { Finding } from "#lib/registry/schema.ts";
import type { Row } from "#lib/vllm/contract/silent/row.ts";
import type { SeenRow } from "./run-rows.ts";

/** What an engine did otherwise than the row says; null = nothing. */
export function differenceOf({ expects }: Row, seen: SeenRow): string | null {
  if (expects.load === "refused") {
    if (seen.status !== expects.status) return `the load answered ${seen.status}, not ${expects.status}`;
    if (!seen.message?.includes(expects.word)) return `it says "${seen.message}", not "${expects.word}"`;
    return seen.listed ? "it is listed although it was refused" : null;
  }
  if (seen.status !== 200) return `it was refused: ${seen.message}`;
  if (!seen.listed) return "it is not listed";
  return seen.answers === expects.answers ? null : `it answers ${seen.answers}, not ${expects.answers}`;
}

/** What our checks say against a row; empty = it may be served. */
export const errorsOf = (findings: readonly Finding[]): string[] => codesOf(findings, "error");

/** Worth saying, though it may be served. */
export const remarksOf = (findings: readonly Finding[]): string[] => [
  ...codesOf(findings, "warning"),
  ...codesOf(findings, "note"),
];

const codesOf = (findings: readonly Finding[], severity: Finding["severity"]): string[] => [
  ...new Set(findings.filter((finding) => finding.severity === severity).map(({ code }) => code)),
];

/**
 * What is wrong with what our checks say; null = nothing. What is not sound must be refused, whatever an engine makes of
 * it; what is sound must not be. A fault of the node is in no file, so no check of files can see it.
 */
export function mistakeOf(row: Row, findings: readonly Finding[]): string | null {
  const errors = errorsOf(findings);
  const mustPass = row.isSound || row.fault === "node";
  if (mustPass && errors.length > 0) return `it is sound and refused: ${errors.join(", ")}`;
  return !mustPass && errors.length === 0 ? "it is not sound, and no check refuses it" : null;
}
