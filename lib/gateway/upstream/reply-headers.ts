/** Names in lower case and values in turn. */
export type ReplyHeaders = readonly string[];

/** @returns the first value under a name in lower case; null = there is none */
export function headerOf(headers: ReplyHeaders, name: string): string | null {
  for (let at = 0; at < headers.length; at += 2) if (headers[at] === name) return headers[at + 1] ?? null;
  return null;
}

export const isEventStream = (headers: ReplyHeaders): boolean =>
  headerOf(headers, "content-type")?.startsWith("text/event-stream") === true;
