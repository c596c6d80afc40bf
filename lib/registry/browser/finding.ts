import type { Finding, FindingSeverity } from "../schema.ts";

type Parts = {
  code: string;
  title: string;
  message: string;
  fix?: string | null;
  field?: string | null;
  evidence?: Record<string, string | number>;
};

const finding =
  (severity: FindingSeverity) =>
  ({ code, title, message, fix = null, field = null, evidence = {} }: Parts): Finding => ({
    code,
    severity,
    title,
    message,
    fix,
    field,
    evidence: Object.entries(evidence).map(([label, value]) => ({ label, value: String(value) })),
  });

/** Rejects the version; always with a fix. */
export const error: (parts: Parts & { fix: string }) => Finding = finding("error");
/** Works, but someone should look. */
export const warning: (parts: Parts & { fix: string }) => Finding = finding("warning");
/** Says what was not, or could not be, checked, or what was left out. */
export const note = finding("note");
/** A rule that was checked and holds. */
export const pass = finding("pass");

export const hasErrors = (findings: readonly Finding[]): boolean =>
  findings.some(({ severity }) => severity === "error");

/** `adapter_config.json#r`: the file, and the key or tensor in it. */
export const fieldOf = (file: string, part?: string | null): string => (part ? `${file}#${part}` : file);
