import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { newId } from "#lib/platform/ids.ts";
import type { GatewayMetrics } from "../metrics.ts";
import { errorBody, type Rejection } from "./rejection.ts";

export type ClientTools = {
  metrics: GatewayMetrics;
  isDraining: () => boolean;
  /** Where the help page on errors is; null = nobody told. */
  consoleUrl: string | null;
};

/** Connections that end with the answer that is being sent: what was pipelined behind it is not looked at. */
const ending = new WeakSet<Socket>();

/** Whether nobody could get an answer to it: an earlier one ends the connection. */
export const isTooLate = ({ socket }: IncomingMessage): boolean => ending.has(socket);

/** Says what is left of a tenant's limits when the reply begins. */
export type LimitHeaders = { headers(): Record<string, string> };
/** Is told when the answer is out or the connection is gone. */
export type ClientWatcher = { onClientClosed(): void };

/**
 * Who sent one request, and waits for its one answer. Whoever wants to be told something is an object in a field: V8 puts a
 * function that is written right into a property among what lives long, and with it all it refers to, which is the request.
 */
export class Client {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId = newId("request");
  /** Wall clock, ms. */
  readonly arrivedAt: number;
  /** null = its tenant has no limits. */
  limits: LimitHeaders | null = null;
  /** null = nobody wants to know. */
  watcher: ClientWatcher | null = null;
  readonly #tools: ClientTools;

  constructor(request: IncomingMessage, response: ServerResponse, arrivedAt: number, tools: ClientTools) {
    this.request = request;
    this.response = response;
    this.arrivedAt = arrivedAt;
    this.#tools = tools;
  }

  /** The headers that every reply begins with: names and values in turn. */
  headers(): string[] {
    const headers = ["x-request-id", this.requestId];
    if (this.limits !== null) for (const pair of Object.entries(this.limits.headers())) headers.push(...pair);
    if (this.#tools.isDraining()) headers.push("connection", "close");
    return headers;
  }

  sendJson(status: number, body: unknown): void {
    this.#send(status, JSON.stringify(body), this.headers());
  }

  /** Answers with an error of ours. Once the head of a reply is out, only a broken connection can still tell. */
  refuse(rejection: Rejection): void {
    const { request, response } = this;
    this.#tools.metrics.rejected(rejection.code);
    if (response.destroyed) return;
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const headers = this.headers();
    if (rejection.retryAfterSeconds !== null) headers.push("retry-after", String(rejection.retryAfterSeconds));
    // what is left of an unread body must not be taken for the next request
    if (!request.complete && !headers.includes("connection")) headers.push("connection", "close");
    if (headers.includes("connection")) ending.add(request.socket);
    this.#send(rejection.status, errorBody(rejection, this.requestId, this.#tools.consoleUrl), headers);
  }

  #send(status: number, text: string, headers: string[]): void {
    headers.push("content-type", "application/json", "content-length", String(Buffer.byteLength(text)));
    this.response.writeHead(status, headers);
    this.response.end(text);
  }
}
