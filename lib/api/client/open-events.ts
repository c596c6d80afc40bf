import type * as z from "zod";
import { type CallInput, type DefOf, readReply, type Signature, sendCall } from "../client.ts";

/** Endpoints that answer with a stream of events. */
type EventSignature = {
  [S in Signature]: DefOf<S> extends { events: z.ZodType } ? S : never;
}[Signature];
type EventOf<S extends Signature> = DefOf<S> extends { events: infer E extends z.ZodType } ? z.output<E> : never;

/**
 * Calls an endpoint of events and gives them as they come. Leaving the loop, or the signal, ends it on the server, too.
 * @throws ApiError when the call is refused or breaks off, the signal's reason when it aborts
 */
export async function* openEvents<S extends EventSignature>(
  signature: S,
  input: CallInput<S>,
  options: { baseUrl: string; apiKey?: string; fetch?: typeof fetch } = { baseUrl: "" },
): AsyncGenerator<EventOf<S>> {
  const response = await sendCall(options, signature, input);
  const isStream = response.headers.get("content-type")?.startsWith("text/event-stream") ?? false;
  if (!response.ok || !isStream || response.body === null) {
    await readReply(response);
    return;
  }
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    let rest = "";
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      const events = (rest + part.value).split("\n\n");
      rest = events.pop() ?? "";
      for (const event of events) yield JSON.parse(event.slice("data: ".length)) as EventOf<S>;
    }
  } finally {
    await reader.cancel().catch(() => {}); // it is over either way
  }
}
