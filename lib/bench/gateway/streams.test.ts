import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { freePort } from "#lib/platform/supervisor/ports.ts";
import { ask, type Program, startModule } from "#lib/testbed/program.ts";
import type { StreamLoad, StreamResult } from "./stream-client-child.ts";

const module = (name: string) => startModule(new URL(`./${name}`, import.meta.url), null);
let client: Program;
let nodes: Program;

beforeAll(async () => {
  [client, nodes] = await Promise.all([module("stream-client-child.ts"), module("stream-server-child.ts")]);
});
afterAll(() => Promise.all([client.stop(), nodes.stop()]));

const read = (port: number, streams: number) =>
  ask<StreamResult>(client, { port, streams, events: 5, everyMs: 5, bearers: ["any"] } satisfies StreamLoad);

it("sees every event of every stream, alone and in order, and how old it is", async () => {
  const port = await freePort("127.0.0.1");
  await ask(nodes, [port]);
  const result = await read(port, 10);
  expect(result).toMatchObject({ failures: 0, firstFailure: null, merged: 0, events: 50 });
  expect(result.p50Ms).toBeGreaterThan(0);
});

it("counts chunks that hold two events, and streams that end too early", async () => {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(200).write('data: {"n":0,"at":1}\n\ndata: {"n":1,"at":2}\n\n');
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const result = await read((server.address() as AddressInfo).port, 2);
  expect(result).toMatchObject({ failures: 2, firstFailure: "2 of 5 events, not ended", merged: 2 });
  server.close();
  server.closeAllConnections();
});
