/** A name that belongs to somebody, or to the inside of the platform. */
export type KnownName = { text: string; what: "tenant" | "node" | "address" };
export type TextFault = { word: string; message: string; fix: string };

/** One spelling for what reads the same: case, composed letters and the width of gaps do not tell names apart. */
const plain = (text: string): string => text.normalize("NFKC").toLowerCase().replace(/\s+/gu, " ").trim();

const LETTER = /[\p{L}\p{N}\p{M}]/u;
type Span = { from: number; to: number };

/** Where a name stands as a whole word: no letter or digit touches it. Both are plain already. */
function spansOf(text: string, name: string): Span[] {
  const spans: Span[] = [];
  if (name === "") return spans;
  for (let from = text.indexOf(name); from !== -1; from = text.indexOf(name, from + 1)) {
    const to = from + name.length;
    if (!touches(lastOf(text.slice(0, from)), name) && !touches(name.at(-1) ?? "", text.slice(to)))
      spans.push({ from, to });
  }
  return spans;
}

/** Whether two neighbours are parts of one word: both sides of the seam are letters or digits. */
const touches = (before: string, after: string): boolean => LETTER.test(lastOf(before)) && LETTER.test(firstOf(after));
const firstOf = (text: string): string => String.fromCodePoint(text.codePointAt(0) ?? 32);
const lastOf = (text: string): string => [...text.slice(-2)].at(-1) ?? " ";

/**
 * Names in a customer's text that are not theirs to read: of other tenants, of nodes, and where those are reached. Whole
 * words only, whatever their case. What lies inside the customer's own name is theirs ("acme" in "acme-eu").
 * @param own every name of the customer whose text it is
 */
export function foreignWords(text: string, own: readonly string[], foreign: readonly KnownName[]): TextFault[] {
  const searched = plain(text);
  const theirs = own.flatMap((name) => spansOf(searched, plain(name)));
  const isTheirs = ({ from, to }: Span) => theirs.some((span) => span.from <= from && to <= span.to);
  const found = new Map<string, TextFault>();
  for (const { text: name, what } of foreign) {
    const word = plain(name);
    if (!found.has(word) && spansOf(searched, word).some((span) => !isTheirs(span)))
      found.set(word, faultOf(name, what));
  }
  return [...found.values()];
}

function faultOf(word: string, what: KnownName["what"]): TextFault {
  switch (what) {
    case "tenant":
      return {
        word,
        message: `“${word}” is the name of another tenant.`,
        fix: "Take it out, or write another word: no customer may read of another.",
      };
    case "node":
      return { word, message: `“${word}” is a node.`, fix: "Take it out: customers share nodes and do not know them." };
    case "address":
      return { word, message: `“${word}” is an address inside the platform.`, fix: "Take it out." };
  }
}

/** How an address may be written: whole, without its scheme, and its host alone. */
export function namesOfAddress(baseUrl: string): string[] {
  if (!URL.canParse(baseUrl)) return [baseUrl];
  const { host, hostname } = new URL(baseUrl);
  return [...new Set([baseUrl, host, hostname])];
}
