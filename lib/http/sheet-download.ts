import { createHash } from "node:crypto";
import type { Download } from "./download.ts";
import { printSheet } from "./print-csv.ts";

/** A table as a file for people's spreadsheets. */
export function sheetDownload(rows: readonly (readonly string[])[]): Download {
  const bytes = new TextEncoder().encode(printSheet(rows));
  return {
    sizeBytes: bytes.byteLength,
    etag: createHash("sha256").update(bytes).digest("hex"),
    open: async (start, end) => new Blob([bytes.slice(start, end + 1)]).stream(),
  };
}
