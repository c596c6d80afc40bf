import { BadReply, checkTrailer, parseReplyHead, type ReplyHead } from "./reply-head.ts";

/** Who hears a reply, in the order in which it comes. */
export type ReplySink = {
  /** Interim replies (1xx) are left out. */
  onHead(head: ReplyHead): void;
  /** Never two chunks of the sender as one. */
  onBody(part: Buffer): void;
  onEnd(): void;
};

const MAX_HEAD_BYTES = 16_384;
const MAX_INTERIM_REPLIES = 8;
/** Of a chunk's size: 4 GiB is more than anyone sends at once. */
const MAX_SIZE_DIGITS = 8;
const MAX_EXTENSION_BYTES = 256;
const MAX_TRAILER_BYTES = 16_384;

const CR = 0x0d;
const LF = 0x0a;
const SEMICOLON = 0x3b;
/** Behind the first semicolon. */
const EXTENSION = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+(?:=[!#$%&'*+\-.^_`|~0-9A-Za-z]+)?$/;
const END_OF_HEAD = Buffer.from("\r\n\r\n");
const NOTHING = Buffer.alloc(0);

type State =
  | "head"
  | "length"
  | "until_close"
  | "size"
  | "extension"
  | "size_lf"
  | "chunk"
  | "chunk_cr"
  | "chunk_lf"
  | "trailer"
  | "trailer_lf"
  | "last_lf"
  | "over";

/** Reads the one reply to a request from the bytes of its connection, in whatever pieces they come. Does no I/O. */
export class ReplyReader {
  readonly #sink: ReplySink;
  #state: State = "head";
  /** The start of a head that is not complete. */
  #rest: Buffer = NOTHING;
  #interim = 0;
  /** Bytes still to come: of the body, or of its present chunk. */
  #left = 0;
  #digits = 0;
  #extension = "";
  #trailer = "";
  #trailerBytes = 0;

  constructor(sink: ReplySink) {
    this.#sink = sink;
  }

  /** Whether the head has come. */
  get hasHead(): boolean {
    return this.#state !== "head";
  }

  get isOver(): boolean {
    return this.#state === "over";
  }

  /** Nobody wants the rest. */
  stop(): void {
    this.#state = "over";
  }

  /**
   * What is handed on is copied: `bytes` may be used again.
   * @param length how many of the bytes came
   * @returns how many bytes were read; fewer than all = the reply ended before them
   * @throws BadReply when what came is no reply
   */
  read(bytes: Buffer, length: number): number {
    let at = 0;
    while (at < length && this.#state !== "over") at = this.#step(bytes, at, length);
    return at;
  }

  /** The connection ended. @returns whether the reply is complete with that */
  close(): boolean {
    if (this.#state !== "until_close") return this.#state === "over";
    this.#end();
    return true;
  }

  #step(bytes: Buffer, at: number, length: number): number {
    switch (this.#state) {
      case "head":
        return this.#readHead(bytes, at, length);
      case "length":
      case "chunk":
        return this.#readBody(bytes, at, length);
      case "until_close":
        this.#sink.onBody(copied(bytes, at, length));
        return length;
      case "size":
        return this.#readSize(bytes, at, length);
      case "extension":
        return this.#skipExtension(bytes, at, length);
      case "size_lf":
        return this.#expect(bytes, at, LF, this.#left === 0 ? "trailer" : "chunk");
      case "chunk_cr":
        return this.#expect(bytes, at, CR, "chunk_lf");
      case "chunk_lf":
        this.#expect(bytes, at, LF, "size");
        this.#startSize();
        return at + 1;
      case "trailer":
        return this.#readTrailer(bytes, at, length);
      case "trailer_lf":
        return this.#expect(bytes, at, LF, "trailer");
      case "last_lf":
        this.#expect(bytes, at, LF, "last_lf");
        this.#end();
        return at + 1;
      case "over":
        return at;
    }
  }

  #expect(bytes: Buffer, at: number, byte: number, next: State): number {
    if (bytes[at] !== byte) throw new BadReply("a chunk does not end where it should");
    this.#state = next;
    return at + 1;
  }

  #readHead(bytes: Buffer, from: number, length: number): number {
    const before = this.#rest.length;
    const text = before === 0 ? bytes : Buffer.concat([this.#rest, bytes.subarray(from, length)]);
    const [start, stop] = before === 0 ? [from, length] : [0, text.length];
    const found = text.indexOf(END_OF_HEAD, start);
    // what a reply before left behind in the buffer does not count
    const end = found + END_OF_HEAD.length <= stop ? found : -1;
    if ((end < 0 ? stop : end) - start > MAX_HEAD_BYTES) throw new BadReply("the head is too large");
    if (end < 0) {
      if (/(^|[^\r])\n/.test(text.toString("latin1", start, stop)))
        throw new BadReply("a line of the head ends without CR");
      this.#rest = before === 0 ? copied(text, start, stop) : text;
      return length;
    }
    this.#rest = NOTHING;
    const head = parseReplyHead(text.toString("latin1", start, end));
    // in `bytes`, whose part of the head begins `before` bytes into it
    const next = end + END_OF_HEAD.length - start + from - before;
    if (head.status < 200) {
      this.#interim += 1;
      if (this.#interim > MAX_INTERIM_REPLIES) throw new BadReply("there are too many interim replies");
    } else this.#begin(head);
    return next;
  }

  #begin(head: ReplyHead): void {
    const { framing } = head;
    switch (framing.kind) {
      case "none":
        this.#left = 0;
        this.#state = "length";
        break;
      case "length":
        this.#left = framing.bytes;
        this.#state = "length";
        break;
      case "chunked":
        this.#startSize();
        break;
      case "close":
        this.#state = "until_close";
    }
    this.#sink.onHead(head);
    if (this.#state === "length" && this.#left === 0) this.#end();
  }

  #readBody(bytes: Buffer, at: number, length: number): number {
    const end = Math.min(length, at + this.#left);
    this.#left -= end - at;
    const isChunk = this.#state === "chunk";
    this.#sink.onBody(copied(bytes, at, end));
    if (this.#left > 0 || this.isOver) return end;
    if (isChunk) this.#state = "chunk_cr";
    else this.#end();
    return end;
  }

  #startSize(): void {
    this.#state = "size";
    this.#left = 0;
    this.#digits = 0;
    this.#extension = "";
  }

  #readSize(bytes: Buffer, from: number, length: number): number {
    for (let at = from; at < length; at += 1) {
      const byte = bytes[at] ?? 0;
      const digit = hexDigit(byte);
      if (digit < 0) {
        if (this.#digits === 0 || (byte !== CR && byte !== SEMICOLON)) throw new BadReply("a chunk has no size");
        this.#state = byte === CR ? "size_lf" : "extension";
        return at + 1;
      }
      this.#digits += 1;
      if (this.#digits > MAX_SIZE_DIGITS) throw new BadReply("a chunk is too large");
      this.#left = this.#left * 16 + digit;
    }
    return length;
  }

  /** Nobody needs what it says, but where it ends must be beyond doubt. */
  #skipExtension(bytes: Buffer, from: number, length: number): number {
    const found = bytes.indexOf(CR, from);
    const end = found >= 0 && found < length ? found : length;
    this.#extension += bytes.toString("latin1", from, end);
    if (this.#extension.length > MAX_EXTENSION_BYTES) throw new BadReply("a chunk's extension is too large");
    if (end === length) return length;
    if (!EXTENSION.test(this.#extension)) throw new BadReply("a chunk's extension is bad");
    this.#state = "size_lf";
    return end + 1;
  }

  #readTrailer(bytes: Buffer, from: number, length: number): number {
    const found = bytes.indexOf(CR, from);
    const cr = found < length ? found : -1;
    const end = cr < 0 ? length : cr;
    this.#trailerBytes += end - from;
    if (this.#trailerBytes > MAX_TRAILER_BYTES) throw new BadReply("the trailers are too large");
    this.#trailer += bytes.toString("latin1", from, end);
    if (cr < 0) {
      if (this.#trailer.includes("\n")) throw new BadReply("a trailer ends without CR");
      return end;
    }
    this.#state = this.#trailer === "" ? "last_lf" : "trailer_lf";
    if (this.#trailer !== "") checkTrailer(this.#trailer);
    this.#trailer = "";
    return cr + 1;
  }

  #end(): void {
    this.#state = "over";
    this.#sink.onEnd();
  }
}

function copied(bytes: Buffer, from: number, to: number): Buffer {
  const copy = Buffer.allocUnsafe(to - from);
  bytes.copy(copy, 0, from, to);
  return copy;
}

/** @returns -1 = it is none */
function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
