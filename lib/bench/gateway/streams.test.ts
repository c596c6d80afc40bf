import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePorts } from "#lib/platform/supervisor/ports.ts";
import { ask, type Program, startModule } from "#lib/testbed/program.ts";
import type { StreamResult } from "./stream-messages.ts";

const module = (name: string) => startModule(new URL(`./${name}`, import.meta.url), null);
let client: Program;
let nodes: Program;
let port: number;

beforeAll(async () => {
  [port = 0] = await freePorts(1);
  [client, nodes] = await Promise.all([module("stream-client-child.ts"), module("stream-server-child.ts")]);
  await ask(nodes, [port]);
});
afterAll(() => Promise.all([client.stop(), nodes.stop()]));

const read = (from: number, streams: number) =>
  ask<StreamResult>(client, { port: from, streams, events: 5, everyMs: 5, bearers: ["any"] });

describe("the client that reads streams", () => {
  it("sees every event of every stream, alone and in order, and how old it is", async () => {
    const result = await read(port, 10);
    expect(result).toMatchObject({ failures: 0, firstFailure: null, merged: 0, events: 50 });
    expect(result.p50Ms).toBeGreaterThan(0);
    expect(result.p99Ms).toBeGreaterThanOrEqual(result.p50Ms);
  });

  it("counts chunks that hold two events, and streams that end too early", async () => {
    const server = await serve('data: {"n":0,"at":1}\n\ndata: {"n":1,"at":2}\n\n');
    const result = await read((server.address() as AddressInfo).port, 2);
    expect(result).toMatchObject({ failures: 2, firstFailure: "2 of 5 events, not ended", merged: 2 });
    server.close();
    server.closeAllConnections();
  });
});

const serve = (body: string): Promise<Server> =>
  new Promise((resolve) => {
    const server = createServer((request, response) => {
      request.resume();
      response.writeHead(200).write(body);
      response.end();
    });
    server.listen(0, "127.0.0.1", () => resolve(server));
  });
