import { Agent, request } from "node:http";
import { Duplex } from "node:stream";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ReplyHeaders } from "./reply-head.ts";
import { ReplyReader } from "./reply-reader.ts";

/** What came of some bytes: a whole reply, or none. */
type Outcome = { status: number; headers: ReplyHeaders; body: string } | "refused" | "incomplete";
type Heard = { outcome: Outcome; parts: string[]; read: number; keepAliveMs: number | null };

/** Reads pieces, and then the end of the connection. */
function hear(pieces: readonly Buffer[]): Heard {
  const parts: string[] = [];
  let head: { status: number; headers: ReplyHeaders; keepAliveMs: number | null } | null = null;
  let isWhole = false;
  const reader = new ReplyReader({
    onHead(said) {
      head = said;
    },
    onBody: (part) => void parts.push(part.toString("latin1")),
    onEnd() {
      isWhole = true;
    },
  });
  let read = 0;
  const told = (outcome: Outcome): Heard => ({ outcome, parts, read, keepAliveMs: head?.keepAliveMs ?? null });
  try {
    for (const piece of pieces) {
      // as sockets do it: into the middle of what was there before
      const buffer = Buffer.concat([piece, Buffer.from("\r\n\r\n0\r\n")]);
      read += reader.read(buffer, piece.length);
      buffer.fill(0x2a);
      if (reader.isOver) break;
    }
    reader.close();
  } catch {
    return told("refused");
  }
  const said = head as { status: number; headers: ReplyHeaders } | null;
  if (!isWhole || said === null) return told("incomplete");
  return told({ status: said.status, headers: said.headers, body: parts.join("") });
}
const bytes = (text: string) => Buffer.from(text, "latin1");
const outcomeOf = (text: string) => hear([bytes(text)]).outcome;

class WireAgent extends Agent {
  readonly #wire: Duplex;

  constructor(wire: Duplex) {
    super();
    this.#wire = wire;
  }

  override createConnection(): Duplex {
    return this.#wire;
  }
}

/** What Node's own strict parser makes of the same. */
const reference = (text: string): Promise<Outcome> =>
  new Promise((resolve) => {
    const wire = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
    const asked = request({ method: "POST", agent: new WireAgent(wire) }, (reply) => {
      const chunks: Buffer[] = [];
      reply.on("data", (chunk: Buffer) => chunks.push(chunk));
      reply.on("error", () => resolve("incomplete"));
      reply.on("end", () => {
        const headers = reply.rawHeaders.map((one, at) => (at % 2 === 0 ? one.toLowerCase() : one));
        resolve({ status: reply.statusCode ?? 0, headers, body: Buffer.concat(chunks).toString("latin1") });
      });
    });
    asked.on("error", ({ message, name, ...error }: NodeJS.ErrnoException) =>
      resolve(error.code?.startsWith("HPE_") ? "refused" : "incomplete"),
    );
    asked.end();
    asked.on("finish", () => {
      wire.push(bytes(text));
      setImmediate(() => wire.push(null));
    });
  });

const HEAD = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";

describe("a reply", () => {
  it.each<[string, string, string]>([
    ["with a length", `${HEAD}content-length: 2\r\n\r\n{}`, "{}"],
    ["in chunks", `${HEAD}transfer-encoding: chunked\r\n\r\n1\r\n{\r\n1;x=y\r\n}\r\n0\r\n\r\n`, "{}"],
    ["with trailers", `${HEAD}Transfer-Encoding: Chunked\r\n\r\nA\r\n0123456789\r\n0\r\nx-a: 1\r\n\r\n`, "0123456789"],
    ["that ends with its connection", `${HEAD}\r\n{}`, "{}"],
    ["without a body", "HTTP/1.1 204 No Content\r\n\r\n", ""],
    [
      "behind interim ones",
      `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nlink: x\r\n\r\n${HEAD}content-length: 0\r\n\r\n`,
      "",
    ],
    ["without a reason", "HTTP/1.1 200\r\ncontent-length: 1\r\n\r\nx", "x"],
  ])("%s is read", (_what, text, body) => {
    expect(outcomeOf(text)).toMatchObject({ body });
  });

  it.each<[string, string]>([
    ["two lengths", `${HEAD}content-length: 2\r\ncontent-length: 2\r\n\r\n{}`],
    ["a list of lengths", `${HEAD}content-length: 2, 2\r\n\r\n{}`],
    ["a signed length", `${HEAD}content-length: +2\r\n\r\n{}`],
    ["a length in hex", `${HEAD}content-length: 0x2\r\n\r\n{}`],
    ["both framings", `${HEAD}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`],
    ["another encoding", `${HEAD}transfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n`],
    ["an encoding it hides", `${HEAD}transfer-encoding: \x0bchunked\r\n\r\n0\r\n\r\n`],
    ["chunks in HTTP/1.0", "HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n"],
    ["a blank before a colon", `${HEAD}content-length : 2\r\n\r\n{}`],
    ["a folded line", `${HEAD}x-a: 1\r\n content-length: 2\r\n\r\n{}`],
    ["a bare line feed", `${HEAD}x-a: 1\ncontent-length: 2\r\n\r\n{}`],
    ["only line feeds", "HTTP/1.1 200 OK\ncontent-length: 2\n\n{}"],
    ["a bare carriage return", `${HEAD}x-a: 1\rcontent-length: 2\r\n\r\n{}`],
    ["a NUL", `${HEAD}x-a: \0\r\ncontent-length: 2\r\n\r\n{}`],
    ["a header without a name", `${HEAD}: 1\r\ncontent-length: 2\r\n\r\n{}`],
    ["a change of protocol", "HTTP/1.1 101 Switching Protocols\r\n\r\n"],
    ["HTTP/2", "HTTP/2 200 OK\r\ncontent-length: 0\r\n\r\n"],
    ["no HTTP", "220 mail.example ESMTP\r\n\r\n"],
    ["a chunk without a size", `${HEAD}transfer-encoding: chunked\r\n\r\n\r\n{}\r\n0\r\n\r\n`],
    ["a second chunk without a size", `${HEAD}transfer-encoding: chunked\r\n\r\n1\r\na\r\n\r\nx-t: 1\r\n\r\n`],
    ["a chunk with a negative size", `${HEAD}transfer-encoding: chunked\r\n\r\n-1\r\n{}\r\n0\r\n\r\n`],
    ["a chunk with a huge size", `${HEAD}transfer-encoding: chunked\r\n\r\n100000000000000002\r\n{}\r\n0\r\n\r\n`],
    ["a chunk longer than it says", `${HEAD}transfer-encoding: chunked\r\n\r\n1\r\n{}\r\n0\r\n\r\n`],
    ["a length among the trailers", `${HEAD}transfer-encoding: chunked\r\n\r\n0\r\ncontent-length: 5\r\n\r\n`],
    ["a head of 17 kB", `${HEAD}x-a: ${"a".repeat(17_000)}\r\n\r\n`],
    ["interim replies without end", `HTTP/1.1 103 Hints\r\n\r\n`.repeat(9)],
  ])("with %s is refused", (_what, text) => {
    expect(outcomeOf(text)).toBe("refused");
  });

  it("leaves what follows it alone", () => {
    const reply = `${HEAD}content-length: 2\r\n\r\n{}`;
    const { outcome, read } = hear([bytes(`${reply}HTTP/1.1 200 OK\r\n\r\nanother's`)]);
    expect([outcome, read]).toEqual([expect.objectContaining({ body: "{}" }), reply.length]);
  });

  it("hands on each chunk of its sender by itself", () => {
    const text = `${HEAD}transfer-encoding: chunked\r\n\r\n3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n`;
    expect(hear([bytes(text)]).parts).toEqual(["one", "two"]);
  });

  it.each<[string, string, number | null]>([
    ["says nothing", "", null],
    ["ends the connection", "Connection: Keep-Alive, CLOSE\r\n", 0],
    ["keeps it for a while", "keep-alive: timeout=5, max=100\r\n", 5_000],
  ])("that %s is believed about its connection", (_what, header, keepAliveMs) => {
    expect(hear([bytes(`${HEAD}${header}content-length: 0\r\n\r\n`)]).keepAliveMs).toBe(keepAliveMs);
    expect(hear([bytes("HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ncontent-length: 0\r\n\r\n")]).keepAliveMs).toBe(0);
  });
});

// --- generated replies: mostly sound, then damaged -----------------------------------------------------------------

const pick = <T>(...values: T[]) => fc.constantFrom(...values);
const line = fc.oneof(
  {
    weight: 6,
    arbitrary: pick("content-type: text/plain", "X-Long: a b\tc", "server:uvicorn", "date: Wed", "x-e:", "vary: a, b"),
  },
  {
    weight: 2,
    arbitrary: pick("connection: close", "Connection: keep-alive", "Keep-Alive: timeout=5", "x-obs: \xe9\xff"),
  },
  {
    weight: 1,
    arbitrary: pick(" folded", "no colon", "bad name: 1", "x-a : 1", "transfer-encoding: gzip", "x-b: \x01", ""),
  },
);
const content = fc.string({ unit: fc.constantFrom("a", "{", "\r", "\n", "0", "\xff"), maxLength: 12 });
const chunked = fc
  .tuple(
    fc.array(
      content.filter((one) => one !== ""),
      { maxLength: 4 },
    ),
    pick("", ";a=b", ";a", " ", ";\t"),
    pick("", "x-t: 1\r\n"),
  )
  .map(([chunks, extension, trailer]) => ({
    headers: ["transfer-encoding: chunked"],
    body: `${chunks.map((one) => `${one.length.toString(16)}${extension}\r\n${one}\r\n`).join("")}0\r\n${trailer}\r\n`,
  }));
const measured = fc
  .tuple(content, fc.integer({ min: -1, max: 1 }), pick("", "0", "+", " "))
  .map(([body, off, sign]) => ({
    headers: [`content-length: ${sign}${Math.max(0, body.length + Math.min(off, 0))}`],
    body,
  }));
const closed = content.map((body) => ({ headers: [] as string[], body }));
const reply = fc
  .record({
    start: pick(
      "HTTP/1.1 200 OK",
      "HTTP/1.1 200 OK",
      "HTTP/1.1 404 Not Found",
      "HTTP/1.0 200 OK",
      "HTTP/1.1 204 No",
      "HTTP/1.1 200",
      "HTTP/1.1 99 x",
      "HTTP/1.1 103 Hints\r\n\r\nHTTP/1.1 200 OK",
    ),
    lines: fc.array(line, { maxLength: 3 }),
    framed: fc.oneof(chunked, measured, measured, closed),
    at: fc.nat(3),
    after: pick("", "", "x", "HTTP/1.1 200 OK\r\n\r\n"),
  })
  .map(({ start, lines, framed, at, after }) => {
    const headers = [...lines.slice(0, at), ...framed.headers, ...lines.slice(at)];
    return `${[start, ...headers].join("\r\n")}\r\n\r\n${framed.body}${after}`;
  });
const damaged = fc
  .tuple(reply, fc.nat(), pick("", "\r", "\n", "\r\n", ":", " ", "0", "\0", "content-length: 1\r\n"), fc.nat(2))
  .map(([text, where, inserted, removed]) => {
    const at = where % (text.length + 1);
    return text.slice(0, at) + inserted + text.slice(at + removed);
  });

describe("any bytes", () => {
  it("mean the same however they are cut", () => {
    fc.assert(
      fc.property(fc.oneof(reply, damaged), fc.array(fc.nat(), { maxLength: 6 }), (text, cuts) => {
        const whole = bytes(text);
        const at = [0, ...cuts.map((cut) => cut % (whole.length + 1)).sort((one, other) => one - other), whole.length];
        const pieces = at.slice(1).map((end, index) => whole.subarray(at[index], end));
        const { outcome, read } = hear(pieces.filter(({ length }) => length > 0));
        const one = hear([whole]);
        expect(outcome).toEqual(one.outcome);
        if (typeof outcome === "object") expect(read).toBe(one.read);
      }),
      { numRuns: 8_000 },
    );
  });

  it("are read as Node's own strict parser reads them, or not at all", async () => {
    let agreed = 0;
    await fc.assert(
      fc.asyncProperty(fc.oneof(reply, damaged), async (text) => {
        const { outcome, read } = hear([bytes(text)]);
        if (typeof outcome === "string") return;
        agreed += 1;
        // what follows a reply is never read, and ends its connection
        expect(outcome).toEqual(await reference(text.slice(0, read)));
      }),
      { numRuns: 8_000 },
    );
    expect(agreed).toBeGreaterThan(500);
  });
});
