import type { PreparedChart } from "./prepare-series.ts";

/** A spreadsheet runs a cell that begins like this as a formula. */
const RISKY = /^[=+\-@\t\r]/;

/** A cell of a CSV file that no spreadsheet runs. */
export const csvCell = (text: string): string => {
  const safe = RISKY.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

/** The drawn data as CSV (RFC 4180): ISO time, then a column per line with the unit; a gap is an empty cell. */
export function chartCsv(chart: PreparedChart, unit: string): string {
  const header = ["time", ...chart.lines.map((line) => `${line.label} (${unit})`)].map(csvCell);
  const rows = chart.rows.map((row) => [
    new Date(row.at).toISOString(),
    ...row.values.map((value) => (value === null ? "" : String(value))),
  ]);
  return `${[header, ...rows].map((cells) => cells.join(",")).join("\r\n")}\r\n`;
}
