import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer, type Server, type Socket } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { plainBody } from "./body.ts";
import type { ReplyHeaders } from "./reply-headers.ts";
import {
  createUpstream,
  type Fault,
  type Flow,
  type Running,
  type UpstreamHandler,
  type UpstreamRequest,
} from "./upstream.ts";

const TIMEOUTS = { headMs: 5_000, betweenChunksMs: 5_000 };
const OK = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";

let server: Server | null = null;
let client: Client | null = null;
afterEach(async () => {
  await client?.close();
  server?.close();
});

/** What a node saw and said on each of its connections, byte for byte. */
type Line = { socket: Socket; text: string };
async function startNode(answer: (line: Line) => void): Promise<{ lines: Line[]; origin: URL }> {
  const lines: Line[] = [];
  server = createServer((socket) => {
    const line = { socket, text: "" };
    lines.push(line);
    socket.on("error", () => {});
    socket.on("data", (chunk) => {
      line.text += chunk.toString("latin1");
      answer(line);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { lines, origin: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`) };
}
const answering =
  (reply: string) =>
  ({ socket, text }: Line) =>
    void (text.endsWith("}") && socket.write(reply));

/** Requests to one destination. */
type Client = { send(request: UpstreamRequest, handler: UpstreamHandler): Running; close(): Promise<void> };
const open = (origin: URL, timeouts = TIMEOUTS): Client => {
  const upstream = createUpstream(timeouts);
  const to = { id: "node_1", baseUrl: origin.origin, apiKey: null };
  client = { send: (request, handler) => upstream.send(to, request, handler), close: () => upstream.close() };
  return client;
};
const ask = (path = "/v1/x", body = "{}", headers: string[] = []): UpstreamRequest => ({
  method: "POST",
  path,
  headers,
  body: plainBody(Buffer.from(body)),
});

type Told = { status: number; headers: ReplyHeaders; body: string; fault: Fault | null };
/** Sends one request and tells what became of it. */
function send(to: Client, request = ask()): { told: Promise<Told>; sending: Running; flow: Promise<Flow>; seen: Told } {
  let onFlow: (flow: Flow) => void = () => {};
  const flow = new Promise<Flow>((resolve) => {
    onFlow = resolve;
  });
  const seen: Told = { status: 0, headers: [], body: "", fault: null };
  let onOver: (told: Told) => void = () => {};
  const told = new Promise<Told>((resolve) => {
    onOver = resolve;
  });
  const sending = to.send(request, {
    onHead(status, headers, from) {
      Object.assign(seen, { status, headers });
      onFlow(from);
    },
    onData(chunk) {
      seen.body += chunk.toString("latin1");
    },
    onEnd: () => onOver(seen),
    onError: (_error, fault) => onOver(Object.assign(seen, { fault })),
  });
  return { told, sending, flow, seen };
}

describe("a request", () => {
  it("reaches its node as it was written, and one after the other over one connection", async () => {
    const { lines, origin } = await startNode(answering(OK));
    const to = open(origin);
    expect(await send(to, ask("/v1/x", '{"a":1}', ["x-request-id", "req_1"])).told).toMatchObject({
      status: 200,
      body: "{}",
    });
    await new Promise(setImmediate); // undici frees a connection at the end of the turn in which its reply ended
    await send(to).told;
    expect(lines).toHaveLength(1);
    const heads = (lines[0]?.text ?? "").split(/(?<=\})/).map((text) => text.toLowerCase().split("\r\n"));
    expect(heads).toHaveLength(2);
    const inAll = ["post /v1/x http/1.1", `host: ${origin.host}`, "connection: keep-alive"];
    expect(heads[0]).toEqual(expect.arrayContaining([...inAll, "x-request-id: req_1", "content-length: 7", '{"a":1}']));
    expect(heads[1]).toEqual(expect.arrayContaining([...inAll, "content-length: 2", "{}"]));
  });

  it("of 200 kB arrives whole", async () => {
    const body = `{"a":"${"x".repeat(200_000)}"}`;
    const { lines, origin } = await startNode(answering(OK));
    await send(open(origin), ask("/v1/x", body)).told;
    expect(lines[0]?.text.endsWith(`content-length: ${body.length}\r\n\r\n${body}`)).toBe(true);
  });

  it("has a connection of its own while another runs", async () => {
    const { lines, origin } = await startNode(({ socket, text }) => text.includes("/second") && socket.write(OK));
    const to = open(origin);
    const first = send(to, ask("/first"));
    await send(to, ask("/second")).told;
    expect(lines).toHaveLength(2);
    first.sending.abort();
  });

  it.each<[string, UpstreamRequest]>([
    ["a header that would end early", ask("/v1/x", "{}", ["authorization", "Bearer a\r\nx-evil: 1"])],
    ["a path that would", ask("/v1/x HTTP/1.1\r\nx-evil: 1\r\n\r\n")],
  ])("with %s is never sent", async (_what, request) => {
    const { lines, origin } = await startNode(answering(OK));
    expect((await send(open(origin), request).told).fault).toBe("invalid");
    expect(lines).toEqual([]);
  });

  it("to an address that is never connected to fails as not reached", async () => {
    expect((await send(open(new URL("http://169.254.169.254"))).told).fault).toBe("unreached");
  });

  it("that nobody listens to fails as not reached", async () => {
    const { origin } = await startNode(() => {});
    server?.close();
    expect((await send(open(origin)).told).fault).toBe("unreached");
  });
});

describe("a connection is not used again", () => {
  it.each<[string, string]>([
    ["after a reply with something behind it", `${OK}HTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\nanother`],
    ["after a reply that announces its end", OK.replace("\r\n\r\n", "\r\nconnection: close\r\n\r\n")],
    ["after a reply of HTTP/1.0", OK.replace("1.1", "1.0")],
    ["when its node keeps it for a second only", OK.replace("\r\n\r\n", "\r\nkeep-alive: timeout=1\r\n\r\n")],
  ])("%s", async (_what, reply) => {
    const { lines, origin } = await startNode(answering(reply));
    const to = open(origin);
    for (let count = 1; count <= 3; count += 1) {
      expect(await send(to).told).toMatchObject({ status: 200, body: "{}", fault: null });
      expect(lines).toHaveLength(count);
    }
  });

  it("when its node said something that nobody asked for", async () => {
    const { lines, origin } = await startNode(answering(OK));
    const to = open(origin);
    await send(to).told;
    const closed = once(lines[0]?.socket as Socket, "close");
    lines[0]?.socket.write("HTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\nanother");
    await closed;
    expect((await send(to).told).body).toBe("{}");
    expect(lines).toHaveLength(2);
  });

  it("when the reply came before all of the request was out", async () => {
    const { lines, origin } = await startNode(({ socket, text }) => {
      if (text.length < 200_000) socket.pause();
      socket.write(OK);
    });
    const to = open(origin);
    await send(to, ask("/v1/x", `{"a":"${"x".repeat(9_000_000)}"}`)).told;
    await send(to).told;
    expect(lines).toHaveLength(2);
  });
});

describe("a node that is silent", () => {
  const IMPATIENT = { headMs: 150, betweenChunksMs: 150 };

  it("in the middle of a stream is given up as slow", async () => {
    const { origin } = await startNode(
      ({ socket }) => void socket.write(`${OK.replace(": 2", ": 9").slice(0, -2)}half`),
    );
    expect(await send(open(origin, IMPATIENT)).told).toMatchObject({ status: 200, body: "half", fault: "slow" });
  });

  it("from the start is given up as slow", async () => {
    const { origin } = await startNode(() => {});
    expect(await send(open(origin, IMPATIENT)).told).toMatchObject({ status: 0, fault: "slow" });
  });

  it("for a shorter time between chunks is waited for", async () => {
    const { origin } = await startNode(({ socket }) => {
      socket.write(OK.replace(": 2", ": 5").slice(0, -2));
      let sent = 0;
      const timer = setInterval(() => {
        socket.write(String(sent));
        sent += 1;
        if (sent === 5) clearInterval(timer);
      }, 60);
    });
    expect(await send(open(origin, IMPATIENT)).told).toMatchObject({ body: "01234", fault: null });
  });
});

describe("what becomes of a request", () => {
  it.each<[string, (line: Line) => void, Fault]>([
    ["whose node closes without a word", ({ socket }) => socket.end(), "broken"],
    ["whose node resets", ({ socket }) => socket.resetAndDestroy(), "broken"],
    ["whose reply is cut short", ({ socket }) => socket.end(OK.slice(0, -1)), "broken"],
    ["whose reply is no HTTP", ({ socket }) => void socket.write("220 mail\r\n\r\n"), "invalid"],
  ])("%s is told", async (_what, answer, fault) => {
    const { origin } = await startNode(answer);
    expect((await send(open(origin)).told).fault).toBe(fault);
  });

  it("whose reply ends with its connection is a whole one", async () => {
    const { origin } = await startNode(({ socket }) => socket.end("HTTP/1.1 200 OK\r\n\r\nall of it"));
    expect(await send(open(origin)).told).toMatchObject({ body: "all of it", fault: null });
  });

  it("that is broken off is lost to its node too, and nobody hears of it again", async () => {
    const { lines, origin } = await startNode(() => {});
    const heard = vi.fn();
    const to = open(origin);
    const { told, sending } = send(to);
    void told.then(heard);
    await vi.waitFor(() => expect(lines[0]?.text).toContain("{}"));
    const closed = once(lines[0]?.socket as Socket, "close");
    sending.abort();
    await closed;
    expect(heard).not.toHaveBeenCalled();
  });

  it("whose handler fails is told like a bad reply: the process goes on", async () => {
    const { origin } = await startNode(answering(OK));
    const fault = await new Promise<Fault>((resolve) => {
      open(origin).send(ask(), {
        onHead() {
          throw new Error("a fault of ours");
        },
        onData() {},
        onEnd() {},
        onError: (_error, what) => resolve(what),
      });
    });
    expect(fault).toBe("invalid");
  });

  it("that is held back gets no more until it is let go, and is not slow meanwhile", async () => {
    const large = "x".repeat(30_000_000);
    const { origin } = await startNode(({ socket }) => {
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${large.length}\r\n\r\n${large}`);
    });
    const { told, flow, seen } = send(open(origin, { headMs: 5_000, betweenChunksMs: 100 }));
    const held = await flow;
    held.pause();
    const heldAt = performance.now();
    await vi.waitFor(() => expect(performance.now() - heldAt).toBeGreaterThan(400));
    expect(seen).toMatchObject({ fault: null });
    expect(seen.body.length).toBeLessThan(large.length);
    held.resume();
    expect((await told).body.length).toBe(large.length);
  });
});

it("closes when what runs is over", async () => {
  let line: Line | null = null;
  const { origin } = await startNode((one) => {
    line = one;
  });
  const to = open(origin);
  const { told } = send(to);
  await vi.waitFor(() => expect(line?.text).toContain("{}"));
  const closed = to.close();
  (line as Line | null)?.socket.write(OK);
  expect((await told).body).toBe("{}");
  await closed;
});
