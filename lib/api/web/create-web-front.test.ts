import { once } from "node:events";
import { Agent, type IncomingHttpHeaders, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, describe, expect, it } from "vitest";
import { trustedProxies } from "#lib/platform/client-address.ts";
import { silentLog } from "#lib/platform/log.ts";
import { createWebFront, type FrontOptions, type WebFront } from "./create-web-front.ts";

const DRAIN_MS = 10_000;
const fronts: WebFront[] = [];
afterEach(async () => {
  await Promise.all(fronts.splice(0).map(({ connections }) => connections.drain(DRAIN_MS, () => {})));
});

/** Answers with the headers that the app would see. */
const echo: FrontOptions["handle"] = async (incoming, response) => {
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify(incoming.headers));
};

async function listen(options: { handle?: FrontOptions["handle"]; trusted?: string } = {}) {
  const { handle = echo, trusted = "" } = options;
  const front = createWebFront({ handle, trusted: trustedProxies(trusted), log: silentLog });
  fronts.push(front);
  front.server.listen(0, "127.0.0.1");
  await once(front.server, "listening");
  const { port } = front.server.address() as AddressInfo;
  return { front, port };
}

type Sent = { port: number; method?: string; path?: string; headers?: Record<string, string>; agent?: Agent };
async function send({
  port,
  ...options
}: Sent): Promise<{ status: number; headers: IncomingHttpHeaders; body: string }> {
  const outgoing = request({ host: "127.0.0.1", port, ...options });
  outgoing.end();
  const [reply] = await once(outgoing, "response");
  return { status: reply.statusCode, headers: reply.headers, body: await text(reply) };
}

const FORGED = {
  "x-switchyard-client-address": "203.0.113.1",
  "x-forwarded-for": "203.0.113.2",
  "x-real-ip": "203.0.113.3",
  forwarded: "for=203.0.113.4",
};

describe("the client's address", () => {
  it("is the socket's; nothing a client claims reaches the app", async () => {
    const { port } = await listen();
    const { body } = await send({ port, headers: FORGED });
    expect(JSON.parse(body)).toMatchObject({
      "x-switchyard-client-address": "127.0.0.1",
      "x-forwarded-for": "127.0.0.1",
    });
    expect(body).not.toContain("203.0.113");
  });

  it("is what a trusted proxy saw, and not what its client claimed", async () => {
    const { port } = await listen({ trusted: "127.0.0.0/8" });
    const { body } = await send({ port, headers: { ...FORGED, "x-forwarded-for": "203.0.113.2, 198.51.100.7" } });
    expect(JSON.parse(body)["x-switchyard-client-address"]).toBe("198.51.100.7");
    expect(body).not.toContain("203.0.113");
  });
});

describe("methods", () => {
  it("refuses TRACE with 405 and never shows it to the app", async () => {
    let seen = 0;
    const { port } = await listen({
      handle: async (_, response) => {
        seen += 1;
        response.end();
      },
    });
    const { status, headers, body } = await send({ port, method: "TRACE", headers: { cookie: "session=secret" } });
    expect(status).toBe(405);
    expect(headers.allow).toContain("GET");
    expect(headers.allow).not.toContain("TRACE");
    expect(body).not.toContain("secret");
    expect(seen).toBe(0);
  });

  it("answers a request to upgrade like any other when nothing upgrades", async () => {
    const { port } = await listen();
    expect((await send({ port, headers: { connection: "Upgrade", upgrade: "h2c" } })).status).toBe(200);
  });
});

describe("connections", () => {
  it("are kept between requests", async () => {
    const { port, front } = await listen();
    let opened = 0;
    front.server.on("connection", () => {
      opened += 1;
    });
    const agent = new Agent({ keepAlive: true });
    for (let count = 0; count < 3; count += 1) await send({ port, agent });
    agent.destroy();
    expect(opened).toBe(1);
  });

  it("an end waits for the answer that is due, and takes no new connection", async () => {
    const answers: ServerResponse[] = [];
    const { port, front } = await listen({
      handle: async (_, response) => {
        response.write("first ");
        answers.push(response);
      },
    });
    const outgoing = request({ host: "127.0.0.1", port }).end();
    const [reply] = await once(outgoing, "response");
    const drained = front.connections.drain(DRAIN_MS, () => {});
    await expect(send({ port })).rejects.toThrow(/ECONNREFUSED/);
    for (const response of answers) response.end("last");
    expect(await text(reply)).toBe("first last");
    await drained;
  });

  it("an app that throws costs its own request a 500, and says nothing of why", async () => {
    let failing = true;
    const { port } = await listen({
      handle: async (incoming, response) => {
        if (failing) throw new Error("password=hunter2");
        await echo(incoming, response);
      },
    });
    const failed = await send({ port });
    expect(failed.status).toBe(500);
    expect(failed.body).not.toContain("hunter2");
    failing = false;
    expect((await send({ port })).status).toBe(200);
  });
});

describe("an address that is no text", () => {
  it("is refused with what to write instead", async () => {
    const { port } = await listen();
    const { status, body } = await send({ port, path: "/tenants/%E0%A4%A?q=1" });
    expect(status).toBe(400);
    expect(JSON.parse(body)).toMatchObject({ code: "malformed_address", title: expect.stringContaining("%25") });
  });

  it("is not one where only its query is odd, or its characters are encoded", async () => {
    const { port } = await listen();
    for (const path of ["/requests?q=100%", "/tenants/%C3%BCmlaut%2Fbot"])
      expect((await send({ port, path })).status).toBe(200);
  });
});
