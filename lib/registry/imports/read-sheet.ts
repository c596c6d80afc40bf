import { type FieldProblem, invalid } from "#lib/platform/errors.ts";
import { IMPORT_ROWS_MAX } from "../browser/import-schema.ts";
import { type CsvProblem, type CsvRecord, parseCsv } from "./parse-csv.ts";

/** One line of the table of an import. */
export type SheetRow = { line: number; tenant: string; name: string | null; adapter: string | null; path: string };

/** What each column may be called; the first is what we call it ourselves. */
const COLUMNS = {
  tenant: ["tenant", "tenant_slug", "customer"],
  name: ["name", "tenant_name"],
  adapter: ["adapter", "adapter_slug", "model"],
  path: ["path", "folder", "location", "directory"],
} as const;
type ColumnName = keyof typeof COLUMNS;
const NAMES = Object.keys(COLUMNS) as ColumnName[];
const REQUIRED: readonly ColumnName[] = ["tenant", "path"];

/** So many are named at once; more of them would not be read. */
const PROBLEMS_MAX = 100;

/**
 * Reads the table of an import: tenant and path are needed, name and adapter may be there; order and case do not count.
 * @throws AppError `invalid` naming every line that cannot be used, by line and column
 */
export function readSheet(text: string): SheetRow[] {
  const { records, problems } = parseCsv(text);
  const [header, ...lines] = records;
  if (header === undefined)
    throw invalid([problemAt({ line: 1, column: 1, message: "The table is empty.", fix: HEADER_FIX })]);
  const found = [...problems];
  const columns = columnsOf(header, found);
  if (lines.length > IMPORT_ROWS_MAX)
    found.push({
      line: lines[IMPORT_ROWS_MAX]?.line ?? 0,
      column: 1,
      message: `The table has ${lines.length} rows; an import takes ${IMPORT_ROWS_MAX}.`,
      fix: "Split it into several tables.",
    });
  if (lines.length === 0)
    found.push({ line: 1, column: 1, message: "The table has no rows.", fix: "Add a line a tenant." });
  const rows = lines.slice(0, IMPORT_ROWS_MAX).map((line) => rowOf(line, header, columns, found));
  if (found.length > 0) throw invalid(found.slice(0, PROBLEMS_MAX).map(problemAt));
  return rows;
}

const HEADER_FIX = "Begin with a line that names the columns: tenant,name,adapter,path.";

const problemAt = ({ line, column, message, fix }: CsvProblem): FieldProblem => ({
  field: `line ${line}, column ${column}`,
  code: "bad_csv",
  message: `Line ${line}, column ${column}: ${message}`,
  fix,
});

type Columns = Partial<Record<ColumnName, number>>;

function columnsOf(header: CsvRecord, found: CsvProblem[]): Columns {
  const columns: Columns = {};
  for (const [index, cell] of header.cells.entries()) {
    const word = cell
      .trim()
      .toLowerCase()
      .replaceAll(/[\s-]+/g, "_");
    const name = NAMES.find((each) => COLUMNS[each].some((known) => known === word));
    if (name === undefined) continue; // a column of somebody's own
    if (columns[name] !== undefined)
      found.push({
        line: header.line,
        column: index + 1,
        message: `The column ${name} occurs twice.`,
        fix: "Leave one of them out.",
      });
    columns[name] ??= index;
  }
  for (const name of REQUIRED)
    if (columns[name] === undefined)
      found.push({ line: header.line, column: 1, message: `There is no column called ${name}.`, fix: HEADER_FIX });
  return columns;
}

function rowOf(record: CsvRecord, header: CsvRecord, columns: Columns, found: CsvProblem[]): SheetRow {
  const { line, cells } = record;
  const report = (column: number, message: string, fix: string) => found.push({ line, column, message, fix });
  if (cells.length > header.cells.length && cells.slice(header.cells.length).some((cell) => cell.trim() !== ""))
    report(
      header.cells.length + 1,
      `The line has ${cells.length} cells, the first line ${header.cells.length}.`,
      "Put cells that hold a comma in quotes.",
    );
  const cell = (name: ColumnName): string => cells[columns[name] ?? -1]?.trim() ?? "";
  for (const name of REQUIRED) {
    const index = columns[name];
    if (index !== undefined && cell(name) === "")
      report(index + 1, `The cell ${name} is empty.`, "Fill it, or remove the line.");
  }
  for (const name of NAMES)
    if (isBroken(cell(name)))
      report((columns[name] ?? 0) + 1, `The cell ${name} contains a character that is not text.`, "Write it again.");
  if (cell("path").length > 1000)
    report((columns.path ?? 0) + 1, "The path is longer than 1,000 characters.", "Move the folder.");
  return {
    line,
    tenant: cell("tenant"),
    name: cell("name") || null,
    adapter: cell("adapter") || null,
    path: cell("path"),
  };
}

/** What the database refuses: a NUL, or half of a surrogate pair. */
const isBroken = (text: string): boolean => text.includes("\0") || /\p{Surrogate}/u.test(text);
