/** What Markdown may take for its own, anywhere in a line. */
const ANYWHERE = /[\\`*_[\]<>#|~&!{}$]/g;
/** What it takes for its own where a line begins: lists, rules, and lines under a heading. */
const AT_START = /^[-+=:]/;
const NUMBERED = /^(\d{1,9})([.)])/;
/** Schemes and hosts become links by themselves in many readers. */
const LINKS = /:(?=\/\/)|(?<=\bwww)\./gi;
const LINE_END = /\r\n|[\n\r\u2028\u2029\v\f]/;

/** Without the space at its ends: four of them would be code, and two a break. */
const escapeLine = (line: string): string =>
  line
    .trim()
    .replace(ANYWHERE, (found) => `\\${found}`)
    .replace(LINKS, (found) => `\\${found}`)
    .replace(AT_START, (mark) => `\\${mark}`)
    .replace(NUMBERED, (_, number: string, mark: string) => `${number}\\${mark}`);

/** People's words inside a line of Markdown or a cell of a table: they read as they were written, on one line. */
export const inlineMarkdown = (text: string): string =>
  text.split(LINE_END).map(escapeLine).join(" ").replace(/\s+/g, " ").trim();

/** People's words as a quotation of their own; lines and paragraphs stay. */
export function quoteMarkdown(text: string): string {
  const lines = text.split(LINE_END).map(escapeLine);
  // a backslash at its end breaks a line, and would stand as itself before the end of a paragraph
  const broken = (line: string, index: number) => (lines[index + 1] ? `> ${line}\\` : `> ${line}`);
  return lines.map((line, index) => (line === "" ? ">" : broken(line, index))).join("\n");
}
