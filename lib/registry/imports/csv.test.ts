import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { printCsv, printSheet } from "#lib/http/sheet-download.ts";
import { AppError } from "#lib/platform/errors.ts";
import { parseCsv } from "./parse-csv.ts";
import { readSheet } from "./read-sheet.ts";

/** Any UTF-16, broken pairs included. */
const wild = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 30 })
  .map((codes) => String.fromCharCode(...codes));

const cellsOf = (text: string) => parseCsv(text).records.map(({ cells }) => cells);

/** What the table is refused for: field and message of each problem. */
function problemsOf(text: string): string[] {
  try {
    readSheet(text);
  } catch (error) {
    if (error instanceof AppError) return error.fields.map(({ message }) => message);
    throw error;
  }
  throw new Error("expected the table to be refused");
}

describe("a table", () => {
  it.each([
    ["plain", "a,b\n1,2\n"],
    ["CRLF", "a,b\r\n1,2\r\n"],
    ["CR alone", "a,b\r1,2\r"],
    ["without a last line end", "a,b\n1,2"],
    ["a byte order mark", "\uFEFFa,b\n1,2\n"],
    ["semicolons, as Excel writes it in much of Europe", "a;b\r\n1;2\r\n"],
    ["tabs, as it is pasted from a sheet", "a\tb\n1\t2\n"],
    ["Excel's own first line", "sep=;\r\na;b\r\n1;2\r\n"],
    ["blank lines between", "\na,b\n\n\n1,2\n\n"],
    ["quotes that need not be", '"a","b"\n"1","2"\n'],
  ])("is read the same way: %s", (_what, text) => {
    expect(cellsOf(text)).toEqual([
      ["a", "b"],
      ["1", "2"],
    ]);
  });

  it("keeps commas, quotes and line ends inside quotes, and still counts lines", () => {
    const { records } = parseCsv('a,b\n"x, ""y""\r\nz",2\n3,4\n');
    expect(records).toEqual([
      { line: 1, cells: ["a", "b"] },
      { line: 2, cells: ['x, "y"\r\nz', "2"] },
      { line: 4, cells: ["3", "4"] },
    ]);
  });

  it("is read back as it was printed", () => {
    const cell = fc.oneof(fc.string(), wild, fc.constantFrom("", "sep=;", '"', "a,b", "\r\n", "\uFEFF"));
    fc.assert(
      fc.property(fc.array(fc.array(cell, { minLength: 1, maxLength: 5 }), { maxLength: 8 }), (rows) => {
        const { records, problems } = parseCsv(printCsv(rows));
        expect(problems).toEqual([]);
        expect(records.map(({ cells }) => cells)).toEqual(rows);
      }),
      { numRuns: 200 },
    );
  });

  it("of any bytes is read or refused, and never crashes", () => {
    const noise = fc.oneof(
      wild,
      fc.uint8Array({ maxLength: 300 }).map((bytes) => new TextDecoder().decode(bytes)),
      fc
        .array(fc.constantFrom('"', ",", ";", "\t", "\r", "\n", "a", "tenant", "path", "\0", "\uFEFF"), {
          maxLength: 60,
        })
        .map((parts) => parts.join("")),
    );
    fc.assert(
      fc.property(noise, (text) => {
        try {
          readSheet(text);
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("of a thousand lines takes no time worth naming", () => {
    const text = printCsv([
      ["tenant", "path"],
      ...Array.from({ length: 1000 }, (_, n) => [`tenant-${n}`, `/data/${n}`]),
    ]);
    expect(readSheet(text)).toHaveLength(1000);
    expect(problemsOf(`${text}one-more,/data/x\r\n`)).toEqual([expect.stringContaining("an import takes 1000")]);
  });
});

describe("the table of an import", () => {
  it("finds its columns under many names, in any order and case, and lets others be", () => {
    expect(readSheet("Folder;E-mail;TENANT;Model\n/data/acme;a@b.c;acme;bot\n")).toEqual([
      { line: 2, tenant: "acme", name: null, adapter: "bot", path: "/data/acme" },
    ]);
  });

  it("names every line that cannot be used, by line and column", () => {
    expect(problemsOf('tenant,name,path\nacme,Acme,\n,Globex,/g\nhooli,Hoo"li,/h\nok,Ok,/o,,extra\n')).toEqual([
      expect.stringMatching(/^Line 4, column 2: A cell contains a quote/),
      expect.stringMatching(/^Line 2, column 3: The cell path is empty/),
      expect.stringMatching(/^Line 3, column 1: The cell tenant is empty/),
      expect.stringMatching(/^Line 5, column 4: The line has 5 cells/),
    ]);
    expect(problemsOf('tenant,path\n"acme,/a\n')[0]).toMatch(/^Line 2, column 1: A quote is opened/);
    expect(problemsOf('tenant,path\n"acme"x,/a\n')[0]).toMatch(/^Line 2, column 1: Something follows/);
    expect(problemsOf("tenant,path\na\0b,/a\n")[0]).toMatch(/^Line 2, column 1: .*not text/);
  });

  it.each([
    ["", "The table is empty."],
    ["tenant,path\n", "The table has no rows."],
    ["name,adapter\nx,y\n", "There is no column called tenant."],
    ["tenant,path,Tenant\na,b,c\n", "The column tenant occurs twice."],
  ])("%j is refused: %s", (text, message) => {
    expect(problemsOf(text).join()).toContain(message);
  });
});

describe("a sheet for people", () => {
  it("runs nothing: cells that a spreadsheet would take for a formula are text", () => {
    const cells = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "plain"];
    const [record] = parseCsv(printSheet([cells])).records;
    expect(record?.cells).toEqual(["'=1+1", "'+1", "'-1", "'@SUM(A1)", "'\tx", "'\rx", "plain"]);
  });
});
