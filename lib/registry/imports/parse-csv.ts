/** One record of a table, with the line it begins on (1 = the first) and the column (1 = the first) of each cell. */
export type CsvRecord = { line: number; cells: string[] };
/** What makes a text no table: where, what, and what to do. */
export type CsvProblem = { line: number; column: number; message: string; fix: string };
export type ParsedCsv = { records: CsvRecord[]; problems: CsvProblem[] };

/**
 * Reads a table as RFC 4180 has it, with the liberties that spreadsheets take: a byte order mark, LF or CRLF or CR, and
 * `;` or a tab between cells, whichever the first line uses most. Never throws; what cannot be read is named.
 */
export function parseCsv(input: string): ParsedCsv {
  const text = input.startsWith("\uFEFF") ? input.slice(1) : input;
  const [stated, separator] = /^sep=([,;\t])(?:\r\n|\n|\r)/i.exec(text) ?? ["", separatorOf(text)]; // Excel's own line
  const scan: Scan = {
    text,
    at: stated.length,
    line: stated === "" ? 1 : 2,
    separator: separator ?? ",",
    problems: [],
  };
  const records: CsvRecord[] = [];
  while (scan.at < text.length) {
    const isBlank = /[\r\n]/.test(text.charAt(scan.at));
    const record = readRecord(scan);
    if (!isBlank) records.push(record);
  }
  return { records, problems: scan.problems };
}

type Scan = { text: string; at: number; line: number; separator: string; problems: CsvProblem[] };

const SEPARATORS = [",", ";", "\t"] as const;

/** The separator that stands most often in the first line, outside quotes. */
function separatorOf(text: string): string {
  const counts = new Map<string, number>(SEPARATORS.map((separator) => [separator, 0]));
  let isQuoted = false;
  for (const char of text) {
    if (char === '"') isQuoted = !isQuoted;
    else if (!isQuoted && (char === "\n" || char === "\r")) break;
    else if (!isQuoted && counts.has(char)) counts.set(char, (counts.get(char) ?? 0) + 1);
  }
  return SEPARATORS.reduce((best, each) => ((counts.get(each) ?? 0) > (counts.get(best) ?? 0) ? each : best), ",");
}

function readRecord(scan: Scan): CsvRecord {
  const record: CsvRecord = { line: scan.line, cells: [] };
  for (;;) {
    record.cells.push(readCell(scan, record.cells.length + 1));
    if (scan.text[scan.at] === scan.separator) scan.at += 1;
    else {
      skipLineEnd(scan);
      return record;
    }
  }
}

function readCell(scan: Scan, column: number): string {
  return scan.text[scan.at] === '"' ? readQuoted(scan, column) : readPlain(scan, column);
}

const endsCell = (scan: Scan): boolean => {
  const char = scan.text[scan.at];
  return char === undefined || char === scan.separator || char === "\n" || char === "\r";
};

function readPlain(scan: Scan, column: number): string {
  const begin = scan.at;
  while (!endsCell(scan)) scan.at += 1;
  const cell = scan.text.slice(begin, scan.at);
  if (cell.includes('"'))
    scan.problems.push({
      line: scan.line,
      column,
      message: "A cell contains a quote but does not begin with one.",
      fix: 'Put the whole cell in quotes and double those inside it: "6"" pipe".',
    });
  return cell;
}

function readQuoted(scan: Scan, column: number): string {
  const { line } = scan;
  let cell = "";
  scan.at += 1;
  for (;;) {
    const quote = scan.text.indexOf('"', scan.at);
    const piece = scan.text.slice(scan.at, quote === -1 ? undefined : quote);
    cell += piece;
    scan.line += lineEnds(piece);
    scan.at = quote === -1 ? scan.text.length : quote + 1;
    if (quote === -1) {
      scan.problems.push({
        line,
        column,
        message: "A quote is opened and never closed.",
        fix: "Close it with another quote.",
      });
      return cell;
    }
    if (scan.text[scan.at] !== '"') break;
    cell += '"';
    scan.at += 1;
  }
  if (!endsCell(scan)) {
    scan.problems.push({
      line: scan.line,
      column,
      message: "Something follows the closing quote of a cell.",
      fix: "Double the quotes inside the cell, or leave out what follows.",
    });
    cell += readRest(scan);
  }
  return cell;
}

function readRest(scan: Scan): string {
  const begin = scan.at;
  while (!endsCell(scan)) scan.at += 1;
  return scan.text.slice(begin, scan.at);
}

const lineEnds = (text: string): number => text.match(/\r\n|\n|\r/g)?.length ?? 0;

function skipLineEnd(scan: Scan): void {
  if (scan.at >= scan.text.length) return;
  scan.at += scan.text.startsWith("\r\n", scan.at) ? 2 : 1;
  scan.line += 1;
}
