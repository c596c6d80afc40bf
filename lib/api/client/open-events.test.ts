import { describe, expect, it } from "vitest";
import { ApiError } from "../client.ts";
import { openEvents } from "./open-events.ts";

const CALL = { params: { tenantId: "ten_1" }, body: { prompt: "hello" } };
const EVENT = { type: "chunk", kind: "text", text: "Grüße\n\n", atMs: 1 };

/** A server that answers with these pieces of bytes, however they are cut. */
function serverOf(pieces: readonly Uint8Array[], onCancel = () => {}): typeof fetch {
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const [piece] = pieces.slice(at, ++at);
      if (piece) controller.enqueue(piece);
      else controller.close();
    },
    cancel: onCancel,
  });
  let at = 0;
  return async () => new Response(body, { headers: { "content-type": "text/event-stream; charset=utf-8" } });
}

const bytesOf = (...events: object[]) =>
  new TextEncoder().encode(events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(""));

const all = async (fetch: typeof globalThis.fetch) => {
  const events = [];
  for await (const event of openEvents("POST /tenants/{tenantId}/try", CALL, { baseUrl: "http://x", fetch }))
    events.push(event);
  return events;
};

describe("a stream of events", () => {
  it("gives each event whole, wherever the bytes are cut", async () => {
    const bytes = bytesOf(EVENT, { ...EVENT, text: "b" });
    for (const size of [1, 3, 17, bytes.length]) {
      const pieces = [];
      for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size));
      expect(await all(serverOf(pieces))).toEqual([EVENT, { ...EVENT, text: "b" }]);
    }
  });

  it("ends on the server when the reader leaves", async () => {
    let isCancelled = false;
    const fetch = serverOf([bytesOf(EVENT), bytesOf(EVENT), bytesOf(EVENT)], () => {
      isCancelled = true;
    });
    for await (const _ of openEvents("POST /tenants/{tenantId}/try", CALL, { baseUrl: "http://x", fetch })) break;
    expect(isCancelled).toBe(true);
  });

  it("throws what the API refused with", async () => {
    const problem = { title: "Not found", status: 404, code: "not_found", detail: "No such tenant." };
    const fetch = async () =>
      new Response(JSON.stringify(problem), { status: 404, headers: { "content-type": "application/problem+json" } });
    const error = await all(fetch).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ problem: { code: "not_found" } });
  });

  it("throws when nothing answers", async () => {
    const error = await all(() => Promise.reject(new TypeError("fetch failed"))).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ problem: { code: "no_answer" } });
  });
});
