const ERROR_LEVEL = 50;
const REPEAT_AFTER_MS = 60_000;

const LOOKS_LIKE_ERROR = /^\s*(?:⨯|Uncaught|Unhandled|FATAL|PANIC|\w*Error\b)/;

const fromJson = (line: string): string | null | undefined => {
  if (!line.startsWith("{")) return undefined;
  let entry: unknown;
  try {
    entry = JSON.parse(line);
  } catch {
    return undefined; // not one of ours: judged as plain text
  }
  if (typeof entry !== "object" || entry === null || !("level" in entry) || Number(entry.level) < ERROR_LEVEL)
    return null;
  const message = "msg" in entry ? String(entry.msg) : "error";
  const error = "error" in entry ? entry.error : undefined;
  if (typeof error === "string") return `${message}: ${error}`;
  if (typeof error === "object" && error !== null && "message" in error) return `${message}: ${String(error.message)}`;
  return message;
};

/** The part of a log line worth showing, or null. JSON lines count from level error on, others when they look like one. */
export function problemIn(line: string): string | null {
  const json = fromJson(line);
  if (json !== undefined) return json;
  return LOOKS_LIKE_ERROR.test(line) ? line.trim() : null;
}

/** Lets the same text of the same child through once a minute, with how often it was held back since. */
export function createProblemFilter(now: () => number): (child: string, text: string) => string | null {
  const seen = new Map<string, { shownAt: number; held: number }>();
  return (child, text) => {
    const key = `${child}\n${text.replace(/\d+/g, "#")}`;
    const entry = seen.get(key);
    if (entry && now() - entry.shownAt < REPEAT_AFTER_MS) {
      entry.held += 1;
      return null;
    }
    if (seen.size > 1_000) seen.clear();
    seen.set(key, { shownAt: now(), held: 0 });
    return entry?.held ? `${text} (${entry.held} more like it)` : text;
  };
}
