import { Pool } from "undici";
import type { Ask } from "./asks.ts";
import type { Reply } from "./check-reply.ts";

/** Sends asks over kept connections that all tenants share. */
export type AskClient = {
  /** @throws Error when no whole reply came: the connection broke, or nothing came within the time */
  send(ask: Ask): Promise<Reply>;
  close(): Promise<void>;
};

/** @param timeoutMs until a reply's head, and between its chunks */
export function createAskClient(port: number, connections: number, timeoutMs: number): AskClient {
  const pool = new Pool(`http://127.0.0.1:${port}`, {
    connections,
    pipelining: 1,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  });
  return {
    async send(ask) {
      const { statusCode, headers, body } = await pool.request({
        method: "POST",
        path: ask.path,
        headers: ask.headers.flat(),
        body: ask.body,
      });
      return { status: statusCode, headers, text: await body.text() };
    },
    close: () => pool.destroy(),
  };
}
