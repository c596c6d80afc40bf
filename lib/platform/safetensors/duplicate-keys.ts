/** String literals (with the colon that makes one a key) and braces: all a key scan of valid JSON needs to see. */
const TOKEN = /"(?:[^"\\]|\\.)*"(\s*:)?|[{}]/g;

/**
 * The first key that stands twice in one object of `json`, or null. `JSON.parse` keeps the last of the two in silence,
 * so that two readers of one file can disagree about it.
 * @param json text that `JSON.parse` has already accepted
 */
export function findDuplicateKey(json: string): string | null {
  const open: Set<string>[] = [];
  for (const match of json.matchAll(TOKEN)) {
    const token = match[0];
    if (token === "{") open.push(new Set());
    else if (token === "}") open.pop();
    else if (match[1] !== undefined) {
      const key = JSON.parse(token.slice(0, -match[1].length)) as string;
      const keys = open.at(-1);
      if (keys?.has(key)) return key;
      keys?.add(key);
    }
  }
  return null;
}
