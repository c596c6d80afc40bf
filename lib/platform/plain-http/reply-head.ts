/** Names in lower case and values in turn, in the order in which they came. */
export type ReplyHeaders = readonly string[];

/** How a reply's body ends (RFC 9112 §6.3). */
export type Framing = { kind: "none" } | { kind: "length"; bytes: number } | { kind: "chunked" } | { kind: "close" };

export type ReplyHead = {
  status: number;
  headers: ReplyHeaders;
  framing: Framing;
  /** How long the sender keeps the connection after this reply, ms; 0 = it must not be used again, null = it does not say. */
  keepAliveMs: number | null;
};

/** What came is no HTTP/1.1, or could be read in two ways. */
export class BadReply extends Error {}

/** Every line ends in CRLF, holds no control character but a tab, and does not begin with a blank (no folded lines). */
const SHAPE = /^[\x20-\x7e\x80-\xff]+(?:\r\n[!-~][\t\x20-\x7e\x80-\xff]*)*$/;
const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: |\r|$)/;
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;
const LENGTH = /^\d{1,15}$/;
const KEEP_ALIVE = /(?:^|[,;\s])timeout=(\d{1,6})/i;

/**
 * Reads the head of a reply, strictly: what two parsers may take for different framings is refused, for the next reply on
 * this connection may be another tenant's.
 * @param text latin-1, without the empty line that ends it
 * @throws BadReply naming what is wrong
 */
export function parseReplyHead(text: string): ReplyHead {
  if (!SHAPE.test(text)) throw new BadReply("the head holds a bad line or character");
  const line = STATUS_LINE.exec(text);
  if (line === null) throw new BadReply("the status line is not HTTP/1.1's");
  const status = Number(line[2]);
  const headers: string[] = [];
  const said: Said = { length: null, isChunked: false, isClosing: line[1] === "0", timeoutMs: null };
  let at = text.indexOf("\r\n");
  while (at >= 0) {
    const start = at + 2;
    at = text.indexOf("\r\n", start);
    const end = at < 0 ? text.length : at;
    const colon = text.indexOf(":", start);
    if (colon < 0 || colon >= end) throw new BadReply("a header has no colon");
    const name = nameOf(text.slice(start, colon));
    const value = trimmed(text, colon + 1, end);
    headers.push(name, value);
    note(said, name, value);
  }
  if (line[1] === "0" && (said.isChunked || status < 200))
    throw new BadReply("HTTP/1.0 knows neither chunks nor interim replies");
  return { status, headers, framing: framingOf(status, said), keepAliveMs: said.isClosing ? 0 : said.timeoutMs };
}

/** @returns the first value under a name in lower case; null = there is none */
export function headerOf(headers: ReplyHeaders, name: string): string | null {
  for (let at = 0; at < headers.length; at += 2) if (headers[at] === name) return headers[at + 1] ?? null;
  return null;
}

export const isEventStream = (headers: ReplyHeaders): boolean =>
  headerOf(headers, "content-type")?.startsWith("text/event-stream") === true;

/** A line after the last chunk, which nobody reads. @throws BadReply when it is no header, or one of framing */
export function checkTrailer(line: string): void {
  const colon = line.indexOf(":");
  if (!SHAPE.test(line) || colon < 0) throw new BadReply("a trailer is no header");
  const name = nameOf(line.slice(0, colon));
  if (name === "content-length" || name === "transfer-encoding") throw new BadReply("a trailer speaks of the framing");
}

type Said = { length: number | null; isChunked: boolean; isClosing: boolean; timeoutMs: number | null };

function note(said: Said, name: string, value: string): void {
  switch (name) {
    case "content-length":
      if (said.length !== null || !LENGTH.test(value)) throw new BadReply("the content-length is no single number");
      said.length = Number(value);
      return;
    case "transfer-encoding":
      if (said.isChunked || value.toLowerCase() !== "chunked")
        throw new BadReply("the transfer-encoding is not chunked");
      said.isChunked = true;
      return;
    case "connection":
      said.isClosing ||= value
        .toLowerCase()
        .split(",")
        .some((token) => token.trim() === "close");
      return;
    case "upgrade":
      return;
    case "keep-alive": {
      const seconds = KEEP_ALIVE.exec(value)?.[1];
      if (seconds !== undefined) said.timeoutMs = Number(seconds) * 1000;
    }
  }
}

function framingOf(status: number, { length, isChunked }: Said): Framing {
  if (isChunked && length !== null) throw new BadReply("it has a content-length and a transfer-encoding");
  if (status < 200) {
    if (status === 101) throw new BadReply("it changes the protocol, which nobody asked for");
    if (isChunked || length !== null) throw new BadReply("an interim reply has a body");
    return { kind: "none" };
  }
  if (status === 204 || status === 304) {
    if (isChunked) throw new BadReply("a reply without a body has chunks");
    return { kind: "none" };
  }
  if (isChunked) return { kind: "chunked" };
  return length === null ? { kind: "close" } : { kind: "length", bytes: length };
}

/** Nodes say the same names all the time. What a hostile one invents is not kept. */
const MAX_KNOWN_NAMES = 256;
const known = new Map<string, string>();

function nameOf(raw: string): string {
  const name = known.get(raw);
  if (name !== undefined) return name;
  const lower = raw.toLowerCase();
  if (!TOKEN.test(lower)) throw new BadReply("a header's name is no name");
  if (known.size < MAX_KNOWN_NAMES) known.set(raw, lower);
  return lower;
}

const isBlank = (code: number): boolean => code === 0x20 || code === 0x09;

function trimmed(text: string, from: number, to: number): string {
  let start = from;
  let end = to;
  while (start < end && isBlank(text.charCodeAt(start))) start += 1;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}
