import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkWords } from "./words.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "switchyard-words-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const write = (path: string, text: string): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};
/** Without the line that says how few texts these are. */
const findingsOf = (path: string, text: string): string[] => {
  write(path, text);
  return checkWords(root).findings.filter((finding) => !finding.startsWith("only "));
};

const LONG = `The node ${"and another node ".repeat(9)}restart.`;
const AGAIN = '"anew": write again, repeatedly';
const NO_ONE = '"nobody": write name who; no one, someone, anyone';

describe("words and sentences", () => {
  it.each<[name: string, path: string, text: string, expected: string]>([
    [
      "between JSX tags",
      "app/a.tsx",
      "export const A = () => (\n  <p>Run the gate anew.</p>\n);",
      `app/a.tsx:2  ${AGAIN}`,
    ],
    [
      "in an attribute",
      "components/a.tsx",
      'export const A = () => <Field hint="Used by nobody yet." />;',
      `components/a.tsx:1  ${NO_ONE}`,
    ],
    ["in a string", "lib/a/a.ts", 'export const TEXT = "Start the run anew";', `lib/a/a.ts:1  ${AGAIN}`],
    [
      "in a template",
      "lib/a/a.ts",
      "export const f = (x: string) => `Start $" + "{x} anew`;",
      `lib/a/a.ts:1  ${AGAIN}`,
    ],
    ["in a paragraph", "docs/a.md", "# A page\n\nThe loop runs\nanew each minute.", `docs/a.md:3  ${AGAIN}`],
    ["in a list", "README.md", "- one\n- Start the run anew", `README.md:2  ${AGAIN}`],
    ["in a table", "docs/a.md", "| a | b |\n| - | - |\n| x | Start it anew |", `docs/a.md:3  ${AGAIN}`],
    ["of another grammar", "lib/a/a.ts", "export const f = (x: string) => `$" + "{x} is no slug.`;", "is not a"],
  ])("are found %s", (_, path, text, expected) => {
    expect(findingsOf(path, text)).toEqual([expect.stringContaining(expected)]);
  });

  it("are found where a sentence is too long, in code and in documents", () => {
    expect(findingsOf("lib/a/a.ts", `export const TEXT = ${JSON.stringify(LONG)};`)).toEqual([
      expect.stringMatching(/^lib\/a\/a\.ts:1 {2}30 words in one sentence \(at most 25\): The node and another/),
    ]);
    rmSync(join(root, "lib"), { recursive: true });
    expect(findingsOf("docs/a.md", LONG)).toEqual([expect.stringMatching(/^docs\/a\.md:1 {2}30 words/)]);
  });

  it("judge the children of an element as one text: an expression is a word, an inline element goes with it", () => {
    const half = "and another node ".repeat(4);
    const one = `<p>The node {name} ${half}<b>or <Code>it</Code></b> ${half}</p>`;
    expect(findingsOf("app/a.tsx", `export const A = () => ${one};`)).toEqual([
      expect.stringMatching(/^app\/a\.tsx:1 {2}29 words in one sentence/),
    ]);
    const two = `<div>The node {name} ${half}<p>or it</p> ${half}</div>`;
    expect(findingsOf("app/a.tsx", `export const A = () => ${two};`)).toEqual([]);
  });
});

describe("what is no text of the product", () => {
  it.each<[name: string, path: string, text: string]>([
    ["a comment", "lib/a/a.ts", "/** Runs it anew. */\nexport const a = 1; // nobody sees it"],
    ["SQL", "lib/a/a.ts", 'export const SQL = `SELECT anew FROM "nobody" WHERE it = 1`;'],
    [
      "a list of classes",
      "components/a.tsx",
      `export const A = () => <p className="${"mt-1.5 hover:bg-x [&>svg]:size-4 ".repeat(10)}flex" />;`,
    ],
    [
      "a path of an SVG",
      "components/a.tsx",
      `export const A = () => <path d="M2.5 1.5h7a1 1 0 0 ${"1 1 1v7a1 ".repeat(9)}Z" />;`,
    ],
    ["one word", "lib/a/a.ts", 'export const a = "nobody";'],
    ["a name", "lib/a/a.ts", "export const nobody = { anew: 1 };"],
    ["a block of code", "docs/a.md", "```sh\nrun it anew by hand\n```"],
    ["code in a sentence", "docs/a.md", "Call `run anew` to start."],
    ["a link's address", "docs/a.md", "Read [the page](adr/by hand anew.md) first."],
    ["a test", "lib/a/a.test.ts", 'it("runs it anew for nobody", () => {});'],
    ["a decision", "docs/adr/0001-a.md", "It runs anew."],
    ["a generated prompt", "lib/evals/suites/generator/a.ts", 'export const TEXT = "Ask nobody about it.";'],
  ])("is not judged: %s", (_, path, text) => {
    expect(findingsOf(path, text)).toEqual([]);
  });
});

describe("the check", () => {
  it("fails where it found hardly any text", () => {
    write("README.md", "Text of a project.");
    expect(checkWords(root)).toEqual({ read: 1, findings: ["only 1 texts were found, of at least 2000"] });
  });
});
