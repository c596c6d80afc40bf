import { csvCell } from "#components/charts/chart-csv.ts";
import type { JobItem } from "#lib/jobs/schema.ts";

const HEADER = ["position", "key", "name", "state", "attempts", "message", "fix"];

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
