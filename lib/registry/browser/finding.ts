import type { Finding, FindingSeverity } from "../schema.ts";
import type { CodeOf } from "./finding-codes.ts";

type Parts<Severity extends FindingSeverity> = {
  code: CodeOf<Severity>;
  title: string;
  message: string;
  fix?: string | null;
  field?: string | null;
  evidence?: Record<string, string | number>;
};

const finding =
  <Severity extends FindingSeverity>(severity: Severity) =>
  ({ code, title, message, fix = null, field = null, evidence = {} }: Parts<Severity>): Finding => ({
    code,
    severity,
    title: shownText(title, 200),
    message: shownText(message, 1000),
    fix: fix && shownText(fix, 1000),
    field: field && shownText(field, 300),
    evidence: Object.entries(evidence).map(([label, value]) => ({ label, value: shownText(String(value), 500) })),
  });

/** Rejects the version; always with a fix. */
export const error: (parts: Parts<"error"> & { fix: string }) => Finding = finding("error");
/** Works, but someone should look. */
export const warning: (parts: Parts<"warning"> & { fix: string }) => Finding = finding("warning");
/** Says what was not, or could not be, checked, or what was left out. */
export const note = finding("note");
/** A rule that was checked and holds. */
export const pass = finding("pass");

/** Characters that a screen would obey instead of show, and halves of pairs, which no database takes. */
const UNSHOWN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Text out of a file, safe to store and to show: unseen characters as `\u{…}`, and no longer than `most`. */
export function shownText(text: string, most: number): string {
  const cut = text.length > most ? `${text.slice(0, most)}…` : text;
  return cut.replace(UNSHOWN, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);
}

export const hasErrors = (findings: readonly Finding[]): boolean =>
  findings.some(({ severity }) => severity === "error");

/** `adapter_config.json#r`: the file, and the key or tensor in it. */
export const fieldOf = (file: string, part?: string | null): string => (part ? `${file}#${part}` : file);
