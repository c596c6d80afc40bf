import type { TryEvent } from "../browser/try-schema.ts";

/**
 * Events as a reply of server-sent events, made no faster than they are read.
 * @param onGone called once when the reader leaves before the end
 */
export function eventStream(events: AsyncGenerator<TryEvent>, requestId: string, onGone: () => void): Response {
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await events.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(`data: ${JSON.stringify(value)}\n\n`));
    },
    async cancel() {
      onGone();
      await events.return(undefined);
    },
  });
  return new Response(body, {
    headers: {
      "content-type": "text/event-stream; charset=utf-8",
      // no-transform: a proxy that compresses would hold events back
      "cache-control": "no-store, no-transform",
      "x-request-id": requestId,
    },
  });
}
