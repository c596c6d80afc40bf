import { setMaxListeners } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { AppError } from "./errors.ts";
import { checkNodeUrl, createOutbound, type OutboundRequest } from "./outbound.ts";
import { shareBytes } from "./shared-bytes.ts";

describe("a node's URL", () => {
  it.each([
    ["http://10.0.0.5:8000/", "http://10.0.0.5:8000"],
    ["https://node-1.internal/vllm/", "https://node-1.internal/vllm"],
    ["http://127.0.0.1:8100", "http://127.0.0.1:8100"],
  ])("%s is kept as %s", (given, kept) => {
    expect(checkNodeUrl(given, "baseUrl")).toBe(kept);
  });

  it.each([
    ["node-1", "bad_url"],
    ["ftp://node-1", "bad_scheme"],
    ["file:///etc/passwd", "bad_scheme"],
    ["http://user:pass@node-1", "credentials_in_url"],
    ["http://169.254.169.254/latest", "forbidden_address"],
    ["http://[::ffff:169.254.169.254]/", "forbidden_address"],
    ["http://0xA9FEA9FE/", "forbidden_address"],
    ["http://2852039166/", "forbidden_address"],
    ["http://metadata.google.internal/", "forbidden_address"],
    ["http://node-1/?a=b", "not_a_base"],
    ["http://node-1\\@evil", "bad_url"],
  ])("%s is refused as %s", (given, code) => {
    const refused = () => checkNodeUrl(given, "baseUrl");
    expect(refused).toThrow(AppError);
    try {
      refused();
    } catch (error) {
      expect(error).toMatchObject({ fields: [{ field: "baseUrl", code }] });
    }
  });
});

async function echo(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = "";
  for await (const chunk of request.setEncoding("utf8")) body += chunk;
  response.setHeader("X-Twice", ["a", "b"]);
  response.end(JSON.stringify({ method: request.method, asked: request.headers["x-asked"], body }));
}

describe("outbound requests", () => {
  const outbound = createOutbound();
  let server: Server;
  let url: string;
  beforeAll(async () => {
    server = createServer((request, response) => {
      if (request.url === "/big") return response.end("x".repeat(5000));
      if (request.url === "/redirect") return response.writeHead(302, { location: "/big" }).end();
      if (request.url === "/hang") return undefined;
      if (request.url === "/echo") return echo(request, response);
      return response.end("ok");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    await outbound.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it("never reach an address that is forbidden, whatever name leads there", async () => {
    for (const address of ["169.254.169.254", "fe80::1", "::ffff:169.254.169.254", "0.0.0.0"]) {
      const rebound = createOutbound((_name, _options, found) => found(null, [{ address, family: 4 }]));
      await expect(rebound.request("http://harmless.example/", { timeoutMs: 2000 })).rejects.toThrow("never connected");
      await expect(rebound.download("http://harmless.example/", { idleMs: 2000 })).rejects.toThrow("never connected");
      await rebound.close();
    }
    await expect(outbound.request("http://169.254.169.254/", { timeoutMs: 2000 })).rejects.toMatchObject({
      reason: "forbidden_address",
    });
  });

  it("give a large reply as it comes, follow no redirect, and end where the sender falls silent", async () => {
    const { status, body } = await outbound.download(`${url}/big`, { idleMs: 2000 });
    let size = 0;
    for await (const chunk of body) size += chunk.byteLength;
    expect([status, size]).toEqual([200, 5000]);
    expect((await outbound.download(`${url}/redirect`, { idleMs: 2000 })).status).toBe(302);
    await expect(outbound.download(`${url}/hang`, { idleMs: 50 })).rejects.toMatchObject({ code: "node_unreachable" });
  });

  it("tell when a connection ends", async () => {
    const ended: string[] = [];
    const stop = outbound.onDisconnect((origin) => ended.push(origin));
    await outbound.request(`${url}/ok`, { timeoutMs: 2000 });
    server.closeAllConnections();
    await vi.waitFor(() => expect(ended).toContain(url));
    stop();
    const before = ended.length;
    await outbound.request(`${url}/ok`, { timeoutMs: 2000 });
    server.closeAllConnections();
    await outbound.request(`${url}/ok`, { timeoutMs: 2000 });
    expect(ended).toHaveLength(before);
  });

  describe("whole replies", () => {
    const request = (path: string, options: OutboundRequest) => outbound.request(url + path, options);

    it("return the whole reply", async () => {
      expect(await request("/ok", { timeoutMs: 2000 })).toMatchObject({ status: 200, body: "ok" });
    });

    it("end with the caller's reason at once, also while they wait for a connection", async () => {
      const stopping = new AbortController();
      setMaxListeners(0, stopping.signal);
      const hanging = Array.from({ length: 40 }, () =>
        request("/hang", { timeoutMs: 2000, signal: stopping.signal }).catch((error: unknown) => error),
      );
      await request("/ok", { timeoutMs: 30 }).catch(() => null);
      stopping.abort(new Error("not needed"));
      for (const ended of await Promise.all(hanging)) expect(String(ended)).toContain("not needed");
      const late = request("/ok", { timeoutMs: 2000, signal: stopping.signal });
      await expect(late).rejects.toThrow("not needed");
      expect((await request("/ok", { timeoutMs: 2000 })).status).toBe(200);
    });

    it("never follow a redirect", async () => {
      expect((await request("/redirect", { timeoutMs: 2000 })).status).toBe(302);
    });

    it.each([
      ["/big", { timeoutMs: 2000, maxBytes: 1000 }],
      ["/hang", { timeoutMs: 50 }],
    ])("give up on %s with a clear error", async (path, options) => {
      await expect(request(path, options)).rejects.toMatchObject({ code: "node_unreachable" });
    });

    it("share memory for what is larger than usual, and give it back when they end", async () => {
      const shared = shareBytes(1_000, 6_000);
      const large = () => request("/big", { timeoutMs: 2000, shared });
      expect(shared.take(3_000)).toBe(true); // somebody else's
      await expect(large()).rejects.toThrow("too many large replies");
      expect((await request("/ok", { timeoutMs: 2000, shared })).body).toBe("ok");
      shared.give(3_000);
      expect((await large()).body).toHaveLength(5_000);
      expect(shared.take(6_000)).toBe(true);
      expect(shared.take(1)).toBe(false);
    });

    it("sends method, headers and body, and gives headers by their names in lower case", async () => {
      const asked = { method: "POST", headers: { "x-Asked": "yes" }, body: "h\u00e9", timeoutMs: 2000 } as const;
      const { headers, body } = await request("/echo", asked);
      expect(headers).toMatchObject({ "x-twice": "a,b" });
      expect(JSON.parse(body)).toEqual({ method: "POST", asked: "yes", body: "h\u00e9" });
    });
  });
});
