import { isForbiddenHost } from "../address-guard.ts";
import { Connection, type ConnectionOwner, type Patience } from "./connection.ts";
import type { Sending } from "./sending.ts";
import type { UpstreamRequest } from "./upstream.ts";

/** Requests to one origin over plain HTTP/1.1, each on a connection of its own while it runs. */
export type PlainClient = {
  send(sending: Sending, request: UpstreamRequest): void;
  /** Takes no new requests; resolves when what runs is over. */
  close(): Promise<void>;
};

/** How often silence and idleness are looked at, at most. */
const MAX_CHECK_MS = 500;
/** What HTTP allows in a header's value; anything else could end it early. */
const BAD_VALUE = /[^\t\x20-\x7e\x80-\xff]/;
const PATH = /^\/[!-~]*$/;

/** @param origin such as `http://10.0.0.5:8000` @param now ms of a steady clock */
export function createPlainClient(origin: URL, patience: Patience, now: () => number): PlainClient {
  const host = origin.hostname.replace(/^\[(.*)\]$/, "$1");
  const port = Number(origin.port || 80);
  const isForbidden = isForbiddenHost(origin.hostname);
  const all = new Set<Connection>();
  /** The one that was used last is taken first: the others can grow old and go. */
  const free: Connection[] = [];
  let onEmpty: (() => void) | null = null;
  const check = () => {
    for (const connection of all) connection.checkTime(patience);
  };
  let timer: NodeJS.Timeout | null = null;
  const owner: ConnectionOwner = {
    onFree(connection) {
      if (onEmpty === null) free.push(connection);
      else connection.drop();
    },
    onGone(connection) {
      all.delete(connection);
      const at = free.lastIndexOf(connection);
      if (at >= 0) free.splice(at, 1);
      if (all.size > 0) return;
      if (timer !== null) clearInterval(timer);
      timer = null;
      onEmpty?.();
    },
  };
  const open = (): Connection => {
    const connection = new Connection(host, port, owner, now);
    all.add(connection);
    timer ??= setInterval(check, Math.min(MAX_CHECK_MS, patience.headMs / 4, patience.betweenChunksMs / 4));
    return connection;
  };
  return {
    send(sending, request) {
      if (isForbidden) {
        sending.fail(new Error(`${origin.origin} is an address that is never connected to`), "unreached");
        return;
      }
      const head = headOf(request, origin.host);
      if (head === null) {
        sending.fail(new Error("the request holds what no header may"), "invalid");
        return;
      }
      (free.pop() ?? open()).send(sending, head, request.body);
    },
    close: () =>
      new Promise((resolve) => {
        onEmpty = resolve;
        for (const connection of [...free]) connection.drop();
        free.length = 0;
        if (all.size === 0) resolve();
      }),
  };
}

/** @returns null = a value that would end its header early */
function headOf({ method, path, headers, body }: UpstreamRequest, host: string): string | null {
  if (!PATH.test(path)) return null;
  let head = `${method} ${path} HTTP/1.1\r\nhost: ${host}\r\nconnection: keep-alive\r\n`;
  for (let at = 0; at < headers.length; at += 2) {
    const value = headers[at + 1] ?? "";
    if (BAD_VALUE.test(value)) return null;
    head += `${headers[at]}: ${value}\r\n`;
  }
  return body === null ? `${head}\r\n` : `${head}content-length: ${body.bytes}\r\n\r\n`;
}
