import type { CheckEntry } from "#lib/registry/browser/check-catalogue.ts";
import type { FindingSeverity } from "#lib/registry/schema.ts";
import type { StateRole } from "../ui/status-words.ts";

type Meaning = { role: StateRole; word: string; effect: string };

/** What a severity looks like and does. */
export const SEVERITY: Readonly<Record<FindingSeverity, Meaning>> = {
  error: {
    role: "bad",
    word: "Error",
    effect: "The version is rejected and reaches no node. If the browser detects the error, nothing is uploaded.",
  },
  warning: {
    role: "warn",
    word: "Warning",
    effect: "The version is accepted. Review it before you stage it.",
  },
  note: {
    role: "off",
    word: "Note",
    effect: "The version is accepted. The note says what was skipped or could not be checked.",
  },
  pass: { role: "ok", word: "Passed", effect: "Shows what was verified. Listed under “passed”." },
};

export const STAGE: Readonly<Record<CheckEntry["stage"], string>> = {
  browser: "In the browser before the upload, and again on the server",
  server: "On the server, after the upload",
  import: "In an import of many tenants, row by row",
};
