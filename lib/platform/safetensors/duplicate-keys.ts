const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * The first key that stands twice in one object of `json`, or null. `JSON.parse` keeps the last of the two in silence,
 * so that two readers of one file can disagree about it. Reads character by character: a pattern would run out of stack
 * on a string of some megabytes.
 * @param json text that `JSON.parse` has already accepted
 */
export function findDuplicateKey(json: string): string | null {
  const open: Set<string>[] = [];
  let at = 0;
  while (at < json.length) {
    const char = json.charCodeAt(at);
    if (char === 0x7b) open.push(new Set());
    else if (char === 0x7d) open.pop();
    else if (char === QUOTE) {
      const end = endOfString(json, at);
      if (isKey(json, end)) {
        const key = JSON.parse(json.slice(at, end)) as string;
        const keys = open.at(-1);
        if (keys?.has(key)) return key;
        keys?.add(key);
      }
      at = end - 1;
    }
    at += 1;
  }
  return null;
}

/** The index just after a string's closing quote. */
function endOfString(json: string, start: number): number {
  for (let at = start + 1; at < json.length; at += 1) {
    const char = json.charCodeAt(at);
    if (char === BACKSLASH) at += 1;
    else if (char === QUOTE) return at + 1;
  }
  return json.length;
}

/** Whether a colon follows, with JSON's own white space between. */
function isKey(json: string, from: number): boolean {
  for (let at = from; at < json.length; at += 1) {
    const char = json.charCodeAt(at);
    if (char === 0x3a) return true;
    if (char !== 0x20 && char !== 0x0a && char !== 0x0d && char !== 0x09) return false;
  }
  return false;
}
