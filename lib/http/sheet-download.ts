import { createHash } from "node:crypto";
import type { Download } from "./download.ts";

/** A spreadsheet runs a cell that begins so as a formula; an apostrophe before it makes it text. */
const RUNS = /^[=+\-@\t\r]/;

const NEEDS_QUOTES = /[",;\t\r\n]|^sep=|^\s|\s$|^$/i;
const quoted = (cell: string): string => (NEEDS_QUOTES.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

/** A table as RFC 4180 has it; exactly the cells it was given. */
export const printCsv = (rows: readonly (readonly string[])[]): string =>
  rows.map((cells) => `${cells.map(quoted).join(",")}\r\n`).join("");

/** A table for people's spreadsheets: no cell is run as a formula, and a byte order mark says that it is UTF-8. */
export const printSheet = (rows: readonly (readonly string[])[]): string =>
  `\uFEFF${printCsv(rows.map((cells) => cells.map((cell) => (RUNS.test(cell) ? `'${cell}` : cell))))}`;

/** A table as a file for people's spreadsheets. */
export function sheetDownload(rows: readonly (readonly string[])[]): Download {
  const bytes = new TextEncoder().encode(printSheet(rows));
  return {
    sizeBytes: bytes.byteLength,
    etag: createHash("sha256").update(bytes).digest("hex"),
    open: async (start, end) => new Blob([bytes.slice(start, end + 1)]).stream(),
  };
}
