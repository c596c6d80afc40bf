import type { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { platformScope } from "#lib/platform/scope.ts";
import type { Seen } from "./testing/fake-node.ts";
import { event } from "./testing/fake-node.ts";
import {
  allSeen,
  chat,
  errorOf,
  eventually,
  gatewayWorld,
  metricsOf,
  restart,
  said,
  start,
  write,
} from "./testing/gateway-world.ts";

const world = gatewayWorld();

/** Writes past the node's HTTP server: what comes is what the test says, byte for byte. */
const raw =
  (bytes: string | Buffer, then: (socket: Socket) => void = () => {}) =>
  ({ response }: Seen): void => {
    const { socket } = response;
    socket?.write(bytes, () => then(socket));
  };
const reset = (socket: Socket) => socket.resetAndDestroy();
const close = (socket: Socket) => socket.end();

const GOOD = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";
const withBody = (body: string, more = ""): string => `${GOOD}content-length: ${body.length}\r\n${more}\r\n${body}`;

/** Only the first request, on whichever node it meets, goes wrong. */
function failOnce(answer: (seen: Seen) => void): void {
  let isFirst = true;
  for (const node of world.nodes) {
    const usual = node.answer;
    node.answer = (seen) => {
      if (!isFirst) return usual(seen);
      isFirst = false;
      answer(seen);
    };
  }
}

const lastTrace = async () => {
  await world.gateway.stop();
  const [trace] = await world.database.db.read(platformScope, ({ client }) =>
    client.request.findMany({ orderBy: { arrivedAt: "desc" }, take: 1 }),
  );
  world.gateway = await start(world);
  return trace;
};

describe("a node that fails before the first byte of its reply", () => {
  it.each<[string, (seen: Seen) => void]>([
    ["resets", raw("", reset)],
    ["closes without a word", raw("", close)],
    ["closes in its head", raw("HTTP/1.1 200 OK\r\ncontent-", close)],
    ["says what is no HTTP", raw("220 mail.example ESMTP\r\n\r\n", close)],
    ["sends a header line without a name", raw(`${GOOD}: x\r\ncontent-length: 2\r\n\r\n{}`)],
    ["sends two lengths", raw(`${GOOD}content-length: 2\r\ncontent-length: 3\r\n\r\n{}`)],
    ["sends both lengths", raw(`${GOOD}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`)],
    ["sends 100 kB of headers", raw(`${GOOD}x-a: ${"a".repeat(100_000)}\r\n\r\n`)],
    ["switches protocols", raw("HTTP/1.1 101 Switching Protocols\r\nupgrade: h2c\r\nconnection: upgrade\r\n\r\n")],
    ["redirects", raw("HTTP/1.1 307 Go\r\nlocation: http://169.254.169.254/\r\ncontent-length: 0\r\n\r\n")],
    ["answers 500", raw("HTTP/1.1 500 Oops\r\ncontent-length: 0\r\n\r\n")],
    ["answers 503", raw("HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n")],
    ["resets in a small body", raw(`${GOOD}content-length: 50\r\n\r\n{"half":`, reset)],
    ["ends a small body before its content-length", raw(`${GOOD}content-length: 50\r\n\r\n{"half":`, close)],
    [
      "ends a small body without the last chunk",
      raw(`${GOOD}transfer-encoding: chunked\r\n\r\n8\r\n{"half":\r\n`, close),
    ],
  ])("is passed over when it %s: another one answers, and the client notices nothing", async (_what, answer) => {
    failOnce(answer);
    const reply = await chat(world);
    expect([reply.status, said(reply.headers)]).toEqual([200, expect.stringMatching(/^node-[12] v2 primary$/)]);
    expect((await reply.json()) as object).toMatchObject({ model: world.fleet.v2.loraName });
    const [first, second] = world.nodes.map((node) => node.seen.length);
    expect([first, second]).toEqual([1, 1]);
  });

  it("may send 103 Early Hints first, which the client does not see", async () => {
    failOnce(raw(`HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n${withBody("{}")}`));
    const reply = await chat(world);
    expect([reply.status, await reply.text(), reply.headers.get("link")]).toEqual([200, "{}", null]);
    expect(allSeen(world)).toHaveLength(1);
  });

  it("is left for another when it sends 100 Continue, which nobody asked for", async () => {
    failOnce(raw(`HTTP/1.1 100 Continue\r\nlink: </x>\r\n\r\n${withBody("{}")}`));
    const reply = await chat(world);
    expect([reply.status, reply.headers.get("link")]).toEqual([200, null]);
    expect(allSeen(world)).toHaveLength(2);
  });

  it("is answered for with 502 when every node fails so", async () => {
    for (const node of world.nodes) node.answer = raw("", reset);
    expect(await errorOf(await chat(world))).toMatchObject({ status: 502, code: "node_failed", type: "server_error" });
    expect(allSeen(world)).toHaveLength(2);
  });
});

/** Too large to be kept until it is complete: its first part has gone out when the rest does not come. */
const LARGE = `{"half":"${"x".repeat(20_000)}`;
const CHUNK = `${LARGE.length.toString(16)}\r\n${LARGE}\r\n`;

describe("a node that fails after the first byte", () => {
  it.each<[string, (seen: Seen) => void]>([
    ["resets in the body", raw(`${GOOD}content-length: 90000\r\n\r\n${LARGE}`, reset)],
    ["ends before its content-length", raw(`${GOOD}content-length: 90000\r\n\r\n${LARGE}`, close)],
    ["ends in a chunk", raw(`${GOOD}transfer-encoding: chunked\r\n\r\nfffff\r\n${LARGE}`, close)],
    ["ends without the last chunk", raw(`${GOOD}transfer-encoding: chunked\r\n\r\n${CHUNK}`, close)],
    ["sends a bad chunk", raw(`${GOOD}transfer-encoding: chunked\r\n\r\n${CHUNK}zz\r\n`)],
  ])("that %s breaks the client's connection, is not asked again, and is on the trace", async (_what, answer) => {
    failOnce(answer);
    const reply = await chat(world);
    expect([reply.status, said(reply.headers)]).toEqual([200, expect.stringMatching(/v2 primary$/)]);
    await expect(reply.text()).rejects.toThrow();
    expect(allSeen(world)).toHaveLength(1);
    expect(await lastTrace()).toMatchObject({ status: 502, reason: "upstream_broke", via: "primary" });
  });

  it("in a stream leaves the client with what came and a broken connection, never with an end", async () => {
    failOnce(({ model, response }) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(event(model, "one"), () => response.socket?.resetAndDestroy());
    });
    const reply = await chat(world, {}, { stream: true });
    const reader = reply.body?.getReader();
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toContain("one");
    await expect(reader?.read()).rejects.toThrow();
  });

  it("that says more than its content-length never gets its surplus into another's reply", async () => {
    failOnce(raw(`${withBody('{"first":1}')}HTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\n{"other":1}`));
    expect(await (await chat(world)).text()).toBe('{"first":1}');
    for (let count = 0; count < 6; count += 1) expect(await (await chat(world)).text()).not.toContain("other");
  });
});

describe("a node that stops in the middle of a small reply", () => {
  it("is answered for when the client's time is up: nothing of the reply is out yet", async () => {
    failOnce(raw(`${GOOD}content-length: 50\r\n\r\n{"half":`));
    const reply = await chat(world, { "x-request-timeout-ms": "300" });
    expect(await errorOf(reply)).toMatchObject({ status: 504, code: "deadline_exceeded" });
    expect(await lastTrace()).toMatchObject({ status: 504, via: null, firstByteAt: null });
  });
});

describe("what a node may not say to a client", () => {
  it("keeps cookies, connection headers and our own names from it", async () => {
    const more =
      "set-cookie: a=1\r\nx-switchyard-served-by: me\r\nx-switchyard-via: primary\r\nx-ratelimit-limit-requests: 1\r\nx-private: 1\r\nconnection: x-private\r\nalt-svc: h2=evil\r\nx-kept: 1\r\n";
    failOnce(raw(withBody("{}", more)));
    const { headers } = await chat(world);
    expect(headers.get("x-kept")).toBe("1");
    for (const name of ["set-cookie", "alt-svc", "x-private", "x-ratelimit-limit-requests"])
      expect([name, headers.get(name)]).toEqual([name, null]);
    expect(said(headers)).toMatch(/^node-[12] v2 primary$/);
  });
});

describe("a node that says nothing any more", () => {
  it("is left by the requests on it once it fails its checks: others answer them, and its death is not waited for", async () => {
    const usual = world.nodes.map((node) => node.answer);
    for (const node of world.nodes) node.answer = () => {};
    const replies = Array.from({ length: 20 }, () => chat(world).then((reply) => reply.status));
    await eventually(() => expect(allSeen(world)).toHaveLength(20));
    const frozen = world.nodes.find((node) => node.seen.length > 0);
    if (!frozen) throw new Error("somebody was asked");
    frozen.health = 503;
    for (const [index, node] of world.nodes.entries()) {
      if (node === frozen) continue;
      node.answer = usual[index] ?? node.answer;
      for (const seen of [...node.seen]) node.answer(seen);
    }
    expect(new Set(await Promise.all(replies))).toEqual(new Set([200]));
    expect(await metricsOf(world)).toMatch(/retries_total\{reason="silent"\} [1-9]/);
  }, 20_000);
});

describe("when no node is beyond doubt", () => {
  it("one that was given up is asked as soon as it may be, by more than the one request that tries it out", async () => {
    const [one] = world.nodes;
    await write(world, (client) =>
      client.node.update({ where: { id: world.fleet.nodeIds[1] ?? "" }, data: { cordoned: true } }),
    );
    await restart(world);
    const usual = one.answer;
    one.answer = raw("", reset);
    for (let count = 0; count < 5; count += 1) expect((await chat(world)).status).toBe(502);
    expect((await chat(world)).status).toBe(503);
    const held: Seen[] = [];
    one.answer = (seen) => (held.length === 0 ? held.push(seen) : usual(seen));
    const early: Promise<Response>[] = [];
    await eventually(() => {
      early.push(chat(world));
      expect(held).toHaveLength(1);
    });
    expect((await chat(world)).status).toBe(200);
    for (const seen of held) usual(seen);
    expect(new Set((await Promise.all(early)).map(({ status }) => status))).toEqual(new Set([200, 503]));
  });

  it("a request comes back to one that failed it and has passed a check since", async () => {
    const [one, other] = world.nodes;
    const usual = one.answer;
    const held: Seen[] = [];
    failOnce(raw("", reset));
    const failing = world.nodes.map((node) => node.answer);
    for (const [index, node] of world.nodes.entries())
      node.answer = (seen) => {
        if (allSeen(world).length > 1) held.push(seen);
        else failing[index]?.(seen);
      };
    const reply = chat(world);
    await eventually(() => expect(held).toHaveLength(1));
    const [failed, holding] = one.seen.length > 0 && one.seen[0] !== held[0] ? [one, other] : [other, one];
    const checksBefore = failed.checks;
    await eventually(() => expect(failed.checks).toBeGreaterThan(checksBefore));
    await metricsOf(world);
    failed.answer = usual;
    await holding.stop();
    expect((await reply).status).toBe(200);
    expect(failed.seen).toHaveLength(2);
  });
});

describe("a node that dies under many requests", () => {
  it("costs none of them its answer: what ran there moves to another node", async () => {
    const [dying] = world.nodes;
    const usual = dying.answer;
    for (const node of world.nodes) node.answer = () => {};
    const replies = Array.from({ length: 60 }, () => chat(world).then((reply) => reply.status));
    await eventually(() => expect(allSeen(world)).toHaveLength(60));
    const held = world.nodes.map((node) => [...node.seen]);
    for (const node of world.nodes) node.answer = usual;
    for (const { response } of held[1] ?? []) response.end("{}");
    await dying.stop();
    expect(new Set(await Promise.all(replies))).toEqual(new Set([200]));
  });
});
