import { type ExchangeLimits, Gathering, type WholeReply } from "../whole-exchange.ts";
import { plainBody } from "./body.ts";
import type { ReplyHeaders } from "./reply-head.ts";
import { createUpstream, type Destination, type Running, type Upstream, type UpstreamHandler } from "./upstream.ts";

export type PlainRequest = {
  method: "GET" | "POST";
  path: string;
  headers: Record<string, string>;
  body: string | null;
};

/** Requests and whole replies over the plain client, for whoever needs no stream. */
export type PlainExchange = {
  /**
   * @param origin such as `http://10.0.0.5:8080`
   * @throws Error when there is no whole reply in time, and the signal's reason
   */
  send(origin: string, request: PlainRequest, limits: ExchangeLimits): Promise<WholeReply>;
  close(): Promise<void>;
};

export function createPlainExchange(): PlainExchange {
  const upstream = createUpstream();
  const destinations = new Map<string, Destination>();
  return {
    send(origin, request, limits) {
      const known = destinations.get(origin);
      const to = known ?? { id: origin, baseUrl: origin, apiKey: null };
      if (!known) destinations.set(origin, to);
      return new Promise((resolve, reject) => new Exchange(limits, resolve, reject).begin(upstream, to, request));
    },
    close: () => upstream.close(),
  };
}

class Exchange implements UpstreamHandler {
  readonly #gathering: Gathering;
  #running: Running | null = null;

  constructor(limits: ExchangeLimits, resolve: (reply: WholeReply) => void, reject: (error: unknown) => void) {
    this.#gathering = new Gathering(limits, resolve, reject, () => this.#running?.abort());
  }

  begin(upstream: Upstream, to: Destination, { method, path, headers, body }: PlainRequest): void {
    if (!this.#gathering.begin()) return;
    const sent = body === null ? null : plainBody(Buffer.from(body));
    this.#running = upstream.send(to, { method, path, headers: Object.entries(headers).flat(), body: sent }, this);
  }

  onHead(status: number, headers: ReplyHeaders): void {
    this.#gathering.head(status, byName(headers));
  }

  onData(chunk: Buffer): void {
    this.#gathering.add(chunk);
  }

  onEnd(): void {
    this.#gathering.end();
  }

  onError(error: Error): void {
    this.#gathering.fail(error);
  }
}

/** By name, in lower case as they come; values of one name in a row. */
function byName(headers: ReplyHeaders): Record<string, string> {
  const named: Record<string, string> = {};
  for (let at = 0; at < headers.length; at += 2) {
    const name = headers[at] ?? "";
    const value = headers[at + 1] ?? "";
    named[name] = name in named ? `${named[name]},${value}` : value;
  }
  return named;
}
