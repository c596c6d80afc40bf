import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

export type DoubleReply = { status: number; headers: Record<string, string>; body: string };

/** A server on a free port, until it is closed. */
export async function serveReplies(replyTo: (request: IncomingMessage) => Promise<DoubleReply>) {
  const server = createServer(async (request, response) => {
    const { status, headers, body } = await replyTo(request);
    response.writeHead(status, headers).end(body);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

export async function readAll(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}
