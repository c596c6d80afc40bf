import type { CheckEntry } from "#lib/registry/browser/check-catalogue.ts";
import type { FindingSeverity } from "#lib/registry/schema.ts";
import type { StateRole } from "../ui/status-words.ts";

type Meaning = { role: StateRole; word: string; effect: string };

/** What a severity looks like and does. */
export const SEVERITY: Readonly<Record<FindingSeverity, Meaning>> = {
  error: {
    role: "bad",
    word: "Error",
    effect: "It rejects the version: no byte of it reaches a node. Where the browser can see it, nothing is even sent.",
  },
  warning: {
    role: "warn",
    word: "Warning",
    effect: "The version is accepted. Somebody should look before it is staged.",
  },
  note: {
    role: "off",
    word: "Note",
    effect: "The version is accepted. It says what was left out, or could not be checked.",
  },
  pass: { role: "ok", word: "Passed", effect: "It says what was proven. It is folded away under “passed”." },
};

export const STAGE: Readonly<Record<CheckEntry["stage"], string>> = {
  browser: "In the browser before a byte is sent, and again on the server",
  server: "On the server, once the bytes are there",
  import: "In an import of many tenants, row by row",
};
