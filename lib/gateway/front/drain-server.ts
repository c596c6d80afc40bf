import { once } from "node:events";
import type { Server } from "node:http";
import type { Socket } from "node:net";

const SWEEP_MS = 50;
/** A client that connected a moment ago may be about to send its request. */
const FIRST_REQUEST_MS = 1_000;

/**
 * Watches a server's connections, so that it can end without cutting off an answer. Node's own `closeIdleConnections`
 * leaves connections that never carried a request, and `close` stops the timer that would end them.
 */
export function drainable(server: Server): (deadlineMs: number, onCutOff: () => void) => Promise<void> {
  const busy = new Map<Socket, number>();
  const add = (socket: Socket, change: number) => {
    const count = busy.get(socket);
    if (count !== undefined) busy.set(socket, count + change);
  };
  server.on("connection", (socket: Socket) => {
    busy.set(socket, 0);
    socket.on("close", () => busy.delete(socket));
  });
  server.on("request", ({ socket }, response) => {
    add(socket, 1);
    response.on("close", () => add(socket, -1));
  });
  return async (deadlineMs, onCutOff) => {
    if (!server.listening) return;
    const closed = once(server, "close");
    server.close();
    const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
    const silent = setTimeout(() => {
      for (const [socket, count] of busy) if (count === 0) socket.destroy();
    }, FIRST_REQUEST_MS);
    const deadline = setTimeout(() => {
      onCutOff();
      server.closeAllConnections();
    }, deadlineMs);
    await closed;
    clearInterval(sweep);
    clearTimeout(silent);
    clearTimeout(deadline);
  };
}
