import { type JSXChild, type JSXElement, type Node, parseSync, type StringLiteral, Visitor } from "oxc-parser";

/** A text that people read, and the line it begins on. */
export type Text = { text: string; line: number };

/** Stands for whatever an expression inserts: it counts as one word. */
const INSERTED = "…";
const SQL = /\b(SELECT|INSERT|UPDATE|DELETE|CREATE|ALTER|GRANT|FROM|WHEN|WHERE|JOIN)\b/;
/** Tags within a sentence. Any other element ends it. */
const INLINE = /^(a|abbr|b|bdi|br|code|em|i|kbd|span|strong|sub|sup|time|[A-Z]\w*Link|Link|Code)$/;

const isClassName = (word: string): boolean => /^!?-?[a-z0-9:@&>*_./%()[\]-]+$/.test(word) && /[-:[]/.test(word);
const shareOf = (words: readonly string[], isOne: (word: string) => boolean): number =>
  words.filter(isOne).length / words.length;

/** Three words or more; not SQL, a list of class names or the path of an SVG. */
function isProse(text: string): boolean {
  const words = text.split(" ");
  if (words.filter((word) => /\p{L}{2}|…/u.test(word)).length < 3 || SQL.test(text)) return false;
  return shareOf(words, isClassName) <= 0.5;
}

const isLiteral = (node: Node): node is StringLiteral => node.type === "Literal" && typeof node.value === "string";
const isInline = ({ openingElement: { name } }: JSXElement): boolean =>
  name.type === "JSXIdentifier" && INLINE.test(name.name);

/** Children of an element as runs of text: an element that is no inline one ends a run. */
function runsOf(children: readonly JSXChild[], joined: Set<Node>): { text: string; start: number }[] {
  const runs: { text: string; start: number }[] = [];
  let isOpen = false;
  const add = (text: string, start: number) => {
    const last = runs.at(-1);
    if (isOpen && last) last.text += text;
    else if (text.trim() !== "") runs.push({ text, start: start + text.search(/\S/) });
    isOpen ||= text.trim() !== "";
  };
  for (const child of children) {
    if (child.type === "JSXText") add(child.value.replace(/&\w+;/g, " "), child.start);
    else if (child.type === "JSXExpressionContainer") {
      const { expression } = child;
      if (expression.type === "JSXEmptyExpression") continue;
      if (isLiteral(expression)) joined.add(expression);
      add(isLiteral(expression) ? expression.value : INSERTED, child.start);
    } else if (child.type === "JSXElement" && isInline(child)) {
      joined.add(child);
      for (const run of runsOf(child.children, joined)) add(run.text, run.start);
    } else isOpen = false;
  }
  return runs;
}

/** Texts of a module: what is between JSX tags, and strings of three words or more. Comments are not among them. */
export function textsOfModule(path: string, source: string): Text[] {
  const { program, errors } = parseSync(path, source);
  if (errors[0]) throw new Error(`${path}: ${errors[0].message}`);
  const texts: Text[] = [];
  const joined = new Set<Node>();
  const add = (text: string, start: number) => {
    const plain = text.replace(/\s+/g, " ").trim();
    if (isProse(plain)) texts.push({ text: plain, line: source.slice(0, start).split("\n").length });
  };
  const addChildren = (node: Node & { children: JSXChild[] }) => {
    if (joined.has(node)) return;
    for (const { text, start } of runsOf(node.children, joined)) add(text, start);
  };
  new Visitor({
    JSXElement: addChildren,
    JSXFragment: addChildren,
    Literal(node) {
      if (isLiteral(node) && !joined.has(node)) add(node.value, node.start);
    },
    TemplateLiteral(node) {
      add(node.quasis.map(({ value }) => value.cooked ?? "").join(INSERTED), node.start);
    },
  }).visit(program);
  return texts;
}

/** Texts of a document: paragraphs, list items, headings and table cells, without code and the addresses of links. */
export function textsOfDocument(source: string): Text[] {
  const texts: Text[] = [];
  let isCode = false;
  let open: Text | null = null;
  for (const [index, raw] of source.split("\n").entries()) {
    const line = index + 1;
    if (/^\s*```/.test(raw)) isCode = !isCode;
    const isBreak = isCode || /^\s*(```|\||<|$)/.test(raw);
    if (isBreak || /^\s*([-*#>]+|\d+\.)\s/.test(raw)) open = null;
    if (!isCode && /^\s*\|/.test(raw))
      texts.push(
        ...cellsOf(raw)
          .filter(isProse)
          .map((text) => ({ text, line })),
      );
    if (isBreak) continue;
    const text = plainOf(raw.replace(/^\s*([-*#>]+|\d+\.)\s+/, ""));
    if (open === null) {
      open = { text, line };
      texts.push(open);
    } else open.text += ` ${text}`;
  }
  return texts;
}

const plainOf = (markdown: string): string =>
  markdown
    .replace(/`[^`]*`/g, "X")
    .replace(/\]\([^)]*\)/g, "]")
    .trim();
const cellsOf = (row: string): string[] => row.split("|").map(plainOf);
