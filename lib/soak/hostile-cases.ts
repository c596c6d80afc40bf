/** What one case is sent with: a valid tenant's key, and a tag that a node reads as the body's `user`. */
export type HostileContext = { key: string; tag: string };
export type ExpectedReply = { status: number; code?: string };
/** A connection's worth of bytes, and everything that may come of it. */
export type HostileCase = {
  name: string;
  bytes(context: HostileContext): Buffer;
  /** The client ends its side after the last byte. */
  halfClose?: boolean;
  /** In order; nothing else may come. `[]` = the connection just ends. */
  replies: readonly ExpectedReply[];
  /** What may come instead, as it depends on which packet comes first. */
  or?: readonly (readonly ExpectedReply[])[];
  /** Whether the gateway ends the connection, or it stays for the next request. */
  connection: "closed" | "kept";
  /** How many requests a node sees, each whole and with the case's tag; `some` = none or one. */
  atNode: number | "some";
};

/** Stands in what must never become a request of its own, or reach a node at all. */
export const POISON = "poison";

const PATH = "/v1/chat/completions";
const chat = (tag: string, more = ""): string => `{"model":"default","user":"${tag}","messages":[]${more}}`;
const smuggled = (path: string): string =>
  `POST ${path} HTTP/1.1\r\nhost: x\r\nx-smuggled: 1\r\ncontent-length: 0\r\n\r\n`;

type Head = { line?: string; headers?: readonly string[]; key: string; host?: string | null };
/** A request's head, its headers as they are given. */
const head = ({ line = `POST ${PATH} HTTP/1.1`, headers = [], key, host = "host: gateway.test" }: Head): string =>
  [line, ...(host === null ? [] : [host]), `authorization: Bearer ${key}`, ...headers, "", ""].join("\r\n");

const sized = (body: string | Buffer): string => `content-length: ${Buffer.byteLength(body)}`;
const CHUNKED = "transfer-encoding: chunked";
const chunk = (text: string): string => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
const LAST_CHUNK = "0\r\n\r\n";

/** A well-formed request with this body. */
const good = (key: string, body: string | Buffer, headers: readonly string[] = []): Buffer =>
  Buffer.concat([Buffer.from(head({ key, headers: [sized(body), ...headers] })), Buffer.from(body)]);

const MALFORMED = { status: 400, code: "malformed_request" } as const;
const refused = (
  name: string,
  bytes: (context: HostileContext) => string | Buffer,
  reply: ExpectedReply = MALFORMED,
): HostileCase => ({
  name,
  bytes: (context) => Buffer.from(bytes(context)),
  replies: [reply],
  connection: "closed",
  atNode: 0,
});
/** Well-formed HTTP with a body that is not: told so, and the connection stays. */
const badBody = (name: string, body: (context: HostileContext) => string | Buffer, code: string): HostileCase => ({
  name,
  bytes: (context) => good(context.key, body(context)),
  replies: [{ status: 400, code }],
  connection: "kept",
  atNode: 0,
});
const answered = (name: string, bytes: (context: HostileContext) => string | Buffer, times = 1): HostileCase => ({
  name,
  bytes: (context) => Buffer.from(bytes(context)),
  replies: Array.from({ length: times }, () => ({ status: 200 })),
  connection: "kept",
  atNode: times,
});

/** Where one message ends and the next begins must not be a matter of opinion. */
const FRAMING: readonly HostileCase[] = [
  refused(
    "both lengths, a request hidden behind the chunks",
    ({ key }) =>
      `${head({ key, headers: ["content-length: 4", CHUNKED] })}${LAST_CHUNK}${smuggled("/v1/load_lora_adapter")}`,
  ),
  refused(
    "both lengths in the other order",
    ({ key, tag }) => `${head({ key, headers: [CHUNKED, sized(chat(tag))] })}${chat(tag)}`,
  ),
  refused("two lengths that differ", ({ key, tag }) => {
    const body = chat(tag);
    return `${head({ key, headers: [sized(body), "content-length: 0"] })}${body}${smuggled(PATH)}`;
  }),
  refused("two lengths that agree", ({ key, tag }) => {
    const body = chat(tag);
    return `${head({ key, headers: [sized(body), sized(body)] })}${body}`;
  }),
  ...["+5", "-1", "5, 5", "0x10", "5 5", "1e3", "99999999999999999999", ""].map((length) =>
    refused(
      `content-length: "${length}"`,
      ({ key }) => `${head({ key, headers: [`content-length: ${length}`] })}hello`,
    ),
  ),
  ...[
    "identity",
    "gzip, chunked, identity",
    "chunked, chunked",
    "xchunked",
    "chunked;q=1",
    "\x0bchunked",
    "chunked\x00",
  ].map((encoding) =>
    refused(
      `transfer-encoding: ${JSON.stringify(encoding)}`,
      ({ key, tag }) => `${head({ key, headers: [`transfer-encoding: ${encoding}`] })}${chunk(chat(tag))}${LAST_CHUNK}`,
    ),
  ),
  ...["zz", "-4", "0x4", " 4", "+4", "4 4", "ffffffffffffffffff"].map((size) =>
    refused(
      `chunk of size "${size}"`,
      ({ key, tag }) => `${head({ key, headers: [CHUNKED] })}${size}\r\n${chat(tag)}\r\n${LAST_CHUNK}`,
    ),
  ),
  refused(
    "a chunk that is longer than it says",
    ({ key, tag }) => `${head({ key, headers: [CHUNKED] })}4\r\n${chat(tag)}\r\n${LAST_CHUNK}`,
  ),
  refused(
    "a chunk size that ends in a bare line feed",
    ({ key, tag }) => `${head({ key, headers: [CHUNKED] })}4\n${chat(tag)}\r\n${LAST_CHUNK}`,
  ),
  answered("a chunked body, which nodes get with a length", ({ key, tag }) => {
    const body = chat(tag);
    return `${head({ key, headers: [CHUNKED] })}${chunk(body.slice(0, 7))}${chunk(body.slice(7))}${LAST_CHUNK}`;
  }),
  answered(
    "trailers behind a chunked body, which nodes do not get",
    ({ key, tag }) => `${head({ key, headers: [CHUNKED] })}${chunk(chat(tag))}0\r\nx-smuggled: 1\r\n\r\n`,
  ),
];

const HEADS: readonly HostileCase[] = [
  refused(
    "a folded header",
    ({ key, tag }) => `${head({ key, headers: ["x-a: 1", "\tx-b: 2", sized(chat(tag))] })}${chat(tag)}`,
  ),
  refused(
    "a length folded into another header",
    ({ key, tag }) => `${head({ key, headers: ["x-a: 1", " content-length: 0", sized(chat(tag))] })}${chat(tag)}`,
  ),
  ...["\r", "\n", "\0", "\x0b", "\x7f"].map((byte) =>
    refused(
      `a header's value with ${JSON.stringify(byte)} in it`,
      ({ key, tag }) => `${head({ key, headers: [`x-a: 1${byte}x-smuggled: 2`, sized(chat(tag))] })}${chat(tag)}`,
    ),
  ),
  ...["content-length : 0", "content length: 0", ": 0", "x(a): 1", "no colon at all", "\u00e9: 1"].map((line) =>
    refused(
      `the header line "${line}"`,
      ({ key, tag }) => `${head({ key, headers: [line, sized(chat(tag))] })}${chat(tag)}`,
    ),
  ),
  refused("no host", ({ key, tag }) => `${head({ key, host: null, headers: [sized(chat(tag))] })}${chat(tag)}`),
  refused("headers of 20 kB", ({ key }) => head({ key, headers: [`x-a: ${"a".repeat(20_000)}`] }), {
    status: 431,
    code: "headers_too_large",
  }),
  refused(
    "3,000 headers",
    ({ key }) => head({ key, headers: Array.from({ length: 3_000 }, (_, index) => `x-${index}: 1`) }),
    { status: 431, code: "headers_too_large" },
  ),
  ...[
    `POST ${PATH} HTTP/3.0`,
    `POST ${PATH} HTTP/1.1 x`,
    `POST ${PATH}`,
    `POST ${PATH}\t HTTP/1.1`,
    `P\u00d6ST ${PATH} HTTP/1.1`,
    "PRI * HTTP/2.0",
    `GETPOST ${PATH} HTTP/1.1`,
  ].map((line) =>
    refused(`the request line ${JSON.stringify(line)}`, ({ key }) =>
      head({ key, line, headers: ["content-length: 0"] }),
    ),
  ),
  refused("the start of TLS", () => Buffer.from("16030100a5010000a10303", "hex")),
  ...[
    "http://node.test",
    "//node.test",
    "/v1/../v1/load_lora_adapter#",
    "/v1/chat/completions/",
    "/v1/%63hat/completions",
    "*",
  ].map(
    (target): HostileCase => ({
      name: `the target ${target}`,
      bytes: ({ key }) =>
        Buffer.from(
          head({
            key,
            line: `POST ${target}${target.startsWith("http") ? PATH : ""} HTTP/1.1`,
            headers: ["content-length: 0"],
          }),
        ),
      replies: [{ status: 404, code: "unknown_url" }],
      connection: "kept",
      atNode: 0,
    }),
  ),
  answered("a header of our own that a node must not believe", ({ key, tag }) =>
    good(key, chat(tag), [
      "x-switchyard-served-by: me",
      "cookie: a=1",
      "proxy-authorization: x",
      "te: trailers",
      "connection: keep-alive, authorization",
    ]),
  ),
];

const BODIES: readonly HostileCase[] = [
  ...[
    '{"model":"default","model":"default"}',
    '{"model":"default","mod\\u0065l":"default"}',
    '{"\\u006d\\u006f\\u0064\\u0065\\u006c":"a","messages":[],"model":"b"}',
    '{"model":"a","x":{"model":"b"},"model":"c"}',
  ].map((body) => badBody(`model twice: ${body}`, () => body, "duplicate_model")),
  badBody("brackets 100,000 deep", () => `{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}`, "too_deep"),
  badBody("objects 65 deep", () => `${'{"a":'.repeat(65)}1${"}".repeat(65)}`, "too_deep"),
  ...[
    Buffer.from([0xff]),
    Buffer.from([0xc0, 0xaf]),
    Buffer.from([0xed, 0xa0, 0x80]),
    Buffer.from([0xf4, 0x90, 0x80, 0x80]),
  ].map((bytes) =>
    badBody(
      `bytes that are no UTF-8: ${bytes.toString("hex")}`,
      ({ tag }) => Buffer.concat([Buffer.from(`{"user":"${tag}","messages":["`), bytes, Buffer.from('"]}')]),
      "invalid_utf8",
    ),
  ),
  badBody("UTF-16", ({ tag }) => Buffer.from(chat(tag), "utf16le"), "bad_json"),
  badBody("an empty body", () => "", "not_an_object"),
  badBody("a list", () => "[]", "not_an_object"),
  badBody("an object cut off", ({ tag }) => chat(tag).slice(0, -1), "bad_json"),
  badBody("two objects", ({ tag }) => chat(tag).repeat(2), "bad_json"),
  badBody("brackets that do not match", ({ tag }) => chat(tag, ',"a":[}'), "bad_json"),
  badBody("a model that is no string", ({ tag }) => `{"user":"${tag}","model":["default"]}`, "model_not_a_string"),
  refused("a body said to be 10,000,001 bytes", ({ key }) => head({ key, headers: ["content-length: 10000001"] }), {
    status: 413,
    code: "body_too_large",
  }),
  refused(
    "a compressed body",
    ({ key }) => `${head({ key, headers: ["content-encoding: gzip", "content-length: 5"] })}hel`,
    { status: 400, code: "unsupported_encoding" },
  ),
  answered("half a surrogate, as an escape", ({ key, tag }) => good(key, chat(tag, ',"a":"\\ud800"'))),
  answered("model spelled with an escape", ({ key, tag }) => good(key, chat(tag).replace('"model"', '"\\u006dodel"'))),
  answered("a model below the top", ({ key, tag }) => good(key, chat(tag, ',"a":{"model":"x"},"b":"\\"model\\":"'))),
];

const CONNECTIONS: readonly HostileCase[] = [
  answered("three requests at once", ({ key, tag }) => Buffer.concat([1, 2, 3].map(() => good(key, chat(tag)))), 3),
  {
    // what follows cannot be trusted, so neither can the order of answers
    name: "a good request and a malformed one at once",
    bytes: ({ key, tag }) => Buffer.concat([good(key, chat(tag)), Buffer.from("no http at all\r\n\r\n")]),
    replies: [MALFORMED],
    or: [[], [{ status: 200 }, MALFORMED]],
    connection: "closed",
    atNode: "some",
  },
  {
    name: "a request by another key behind one that was refused",
    bytes: ({ key, tag }) => Buffer.concat([good("sy_wrong_key", chat(POISON)), good(key, chat(tag))]),
    replies: [{ status: 401, code: "invalid_api_key" }],
    connection: "closed",
    atNode: 0,
  },
  {
    // as nginx has it: whoever ends its side before the answer is gone
    name: "a client that ends its side when it has asked",
    bytes: ({ key, tag }) => good(key, chat(tag)),
    halfClose: true,
    replies: [],
    or: [[{ status: 200 }]],
    connection: "closed",
    atNode: "some",
  },
  {
    name: "a client that ends its side in the middle of a body",
    bytes: ({ key, tag }) => good(key, chat(tag)).subarray(0, -5),
    halfClose: true,
    replies: [MALFORMED],
    connection: "closed",
    atNode: 0,
  },
  {
    name: "a client that ends its side in the middle of a header",
    bytes: ({ key }) => Buffer.from(head({ key }).slice(0, 40)),
    halfClose: true,
    replies: [MALFORMED],
    connection: "closed",
    atNode: 0,
  },
  {
    name: "a client that says nothing and ends its side",
    bytes: () => Buffer.alloc(0),
    halfClose: true,
    replies: [],
    connection: "closed",
    atNode: 0,
  },
  {
    name: "an expectation that is none",
    bytes: ({ key, tag }) => good(key, chat(tag), ["expect: a-miracle"]),
    replies: [{ status: 417 }],
    connection: "kept",
    atNode: 0,
  },
  {
    name: "a wait for 100 Continue",
    bytes: ({ key, tag }) => good(key, chat(tag), ["expect: 100-continue"]),
    replies: [{ status: 100 }, { status: 200 }],
    connection: "kept",
    atNode: 1,
  },
  answered("an upgrade, which is no way to a node", ({ key, tag }) =>
    good(key, chat(tag), ["connection: upgrade", "upgrade: websocket"]),
  ),
  {
    name: "CONNECT",
    bytes: () => Buffer.from("CONNECT node.test:80 HTTP/1.1\r\nhost: node.test:80\r\n\r\n"),
    replies: [],
    connection: "closed",
    atNode: 0,
  },
];

/** Every case with what must come of it, however its bytes are cut into packets. */
export const HOSTILE_CASES = {
  framing: FRAMING,
  heads: HEADS,
  bodies: BODIES,
  connections: CONNECTIONS,
} as const satisfies Record<string, readonly HostileCase[]>;
