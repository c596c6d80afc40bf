import type { JobItem } from "#lib/jobs/schema.ts";

const HEADER = ["position", "key", "name", "state", "attempts", "message", "fix"];

/** A spreadsheet runs a cell that begins like this as a formula. */
const RISKY = /^[=+\-@\t\r]/;

/** A cell of a CSV file that no spreadsheet runs. */
const csvCell = (text: string): string => {
  const safe = RISKY.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

/** Items as CSV (RFC 4180): what became of each, and what to do about it. */
export const jobCsv = (items: readonly JobItem[]): string =>
  [
    HEADER,
    ...items.map(({ position, key, label, state, attempts, message, fix }) => [
      ...[String(position + 1), key, label, state, String(attempts), message],
      fix ?? "",
    ]),
  ]
    .map((cells) => `${cells.map(csvCell).join(",")}\r\n`)
    .join("");
