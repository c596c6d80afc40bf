import { once } from "node:events";
import type { Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";

const SWEEP_MS = 50;
/** A client that connected a moment ago may be about to send its request. */
const FIRST_REQUEST_MS = 1_000;

/** Requests of one connection that are not answered to the end. */
type Busy = { count: number; last: ServerResponse | null };

/** A server's connections, and what each still owes. */
export type Connections = {
  /** An answer is due. */
  begin(socket: Socket, response: ServerResponse): void;
  /** It was given, or nobody waits for it any more. */
  over(socket: Socket, response: ServerResponse): void;
  /** Whether nothing of another answer is on its way: only then may bytes be written past the server. */
  isFree(socket: Socket): boolean;
  /**
   * Ends the server without cutting off an answer. Node's own `closeIdleConnections` leaves connections that never
   * carried a request, and `close` stops the timer that would end them.
   */
  drain(deadlineMs: number, onCutOff: () => void): Promise<void>;
};

export function watchConnections(server: Server): Connections {
  const busy = new Map<Socket, Busy>();
  server.on("connection", (socket: Socket) => {
    busy.set(socket, { count: 0, last: null });
    socket.on("close", () => busy.delete(socket));
  });
  return {
    begin(socket, response) {
      const owed = busy.get(socket);
      if (!owed) return;
      owed.count += 1;
      owed.last = response;
    },
    over(socket, response) {
      const owed = busy.get(socket);
      if (!owed) return;
      owed.count -= 1;
      if (owed.last === response) owed.last = null;
    },
    isFree(socket) {
      const owed = busy.get(socket);
      if (!owed || owed.count > 1) return false;
      return owed.count === 0 || owed.last?.headersSent === false;
    },
    drain: (deadlineMs, onCutOff) => drain(server, busy, deadlineMs, onCutOff),
  };
}

async function drain(
  server: Server,
  busy: ReadonlyMap<Socket, Busy>,
  deadlineMs: number,
  onCutOff: () => void,
): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, "close");
  server.close();
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
  const silent = setTimeout(() => {
    for (const [socket, { count }] of busy) if (count === 0) socket.destroy();
  }, FIRST_REQUEST_MS);
  const deadline = setTimeout(() => {
    onCutOff();
    server.closeAllConnections();
  }, deadlineMs);
  await closed;
  clearInterval(sweep);
  clearTimeout(silent);
  clearTimeout(deadline);
}
