import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import type { BenchApi } from "#lib/testbed/api.ts";

/** The API behind a real socket, bodies as streams; the product's own server adds Next's routing to this. */
export async function serveApi(api: BenchApi): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer(async (request, response) => {
    const { method = "GET", url = "/" } = request;
    const headers = new Headers(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    const body = method === "PATCH" ? Readable.toWeb(request) : null;
    const asked = { method, headers, body, duplex: "half" } as RequestInit;
    const reply = await api.fetch(new Request(`http://localhost${url}`, asked));
    response.writeHead(reply.status, Object.fromEntries(reply.headers)).end(Buffer.from(await reply.arrayBuffer()));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections(); // cut ones too, which would never end by themselves
        server.close(() => resolve());
      }),
  };
}
