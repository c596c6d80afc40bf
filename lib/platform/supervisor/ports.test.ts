import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { assertPortsFree, freePort, freePorts, isPortFree } from "./ports.ts";

let servers: Server[] = [];
afterEach(() => {
  for (const server of servers) server.close();
  servers = [];
});

const occupy = async (host: string): Promise<number> => {
  const server = createServer().listen(0, host);
  servers.push(server);
  await once(server, "listening");
  const address = server.address();
  if (typeof address !== "object" || !address) throw new Error("no address");
  return address.port;
};

describe("ports", () => {
  it("sees a listener, also one on a single address when all are asked for", async () => {
    const port = await occupy("127.0.0.1");
    expect(await isPortFree(port, "127.0.0.1")).toBe(false);
    expect(await isPortFree(port, null)).toBe(false);
  });

  it("sees a listener on all addresses when one is asked for", async () => {
    expect(await isPortFree(await occupy("0.0.0.0"), "127.0.0.1")).toBe(false);
  });

  it("finds free ones, all different", async () => {
    const ports = await freePorts(5);
    expect(new Set(ports).size).toBe(5);
    for (const port of ports) expect(await isPortFree(port, null)).toBe(true);
  });

  it("names the taken port and the setting that moves it", async () => {
    const taken = await occupy("127.0.0.1");
    const free = await freePort("127.0.0.1");
    await expect(
      assertPortsFree([
        { setting: "PORT", port: taken, host: null },
        { setting: "GATEWAY_PORT", port: free, host: null },
      ]),
    ).rejects.toThrow(`Port ${taken} is taken by another program. Set PORT to a free one, or stop it.`);
  });

  it("notices that two of our own want the same one", async () => {
    const port = await freePort("127.0.0.1");
    const claim = (setting: string) => ({ setting, port, host: null });
    await expect(assertPortsFree([claim("PORT"), claim("WORKER_PORT")])).rejects.toThrow(
      `Port ${port} is wanted twice. Set WORKER_PORT to another one.`,
    );
  });
});
