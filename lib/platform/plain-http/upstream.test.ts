import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, it } from "vitest";
import { plainBody } from "./body.ts";
import { createUpstream, type Fault, type Upstream } from "./upstream.ts";

const PATIENCE = { headMs: 150, betweenChunksMs: 150 };
let server: Server;
let upstream: Upstream;
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await upstream.close();
});

/** What a handler hears of one request to a node that behaves as told. */
async function hear(node: RequestListener): Promise<{ heard: string[]; fault: Fault | null }> {
  server = createServer(node);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  upstream = createUpstream(PATIENCE);
  const heard: string[] = [];
  const to = { id: "node_1", baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, apiKey: null };
  return new Promise((resolve) => {
    upstream.send(
      to,
      { method: "POST", path: "/v1/chat/completions", headers: [], body: plainBody(Buffer.from("{}")) },
      {
        onHead: (status) => heard.push(String(status)),
        onData: (chunk) => heard.push(chunk.toString()),
        onEnd: () => resolve({ heard: [...heard, "end"], fault: null }),
        onError: (_error, fault) => resolve({ heard, fault }),
      },
    );
  });
}

it("gives a node up that hangs in the middle of a stream, and says that it was slow", async () => {
  const outcome = await hear((_request, response) => response.writeHead(200).write("half"));
  expect(outcome).toEqual({ heard: ["200", "half"], fault: "slow" });
});

it("gives a node up that says nothing at all", async () => {
  expect(await hear(() => {})).toEqual({ heard: [], fault: "slow" });
});

it("is patient with a stream as long as something comes", async () => {
  const outcome = await hear((_request, response) => {
    response.writeHead(200).write("0");
    let sent = 0;
    const timer = setInterval(() => {
      sent += 1;
      if (sent < 5) response.write(String(sent));
      else {
        clearInterval(timer);
        response.end();
      }
    }, 60);
  });
  expect(outcome).toEqual({ heard: ["200", "0", "1", "2", "3", "4", "end"], fault: null });
});
