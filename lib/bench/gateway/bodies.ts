/** The model that customers of the bench ask for: their own adapter, so that its name is replaced on the way. */
export const ADAPTER_SLUG = "support";

const CONVERSATION =
  "You answer questions about orders. Look an order up before you speak of it, and call a tool whenever one fits. ";

/** A chat request of about `bytes` bytes: a long system message, a question, sampling settings. */
export function chatBody(bytes: number): string {
  const body = (system: string) =>
    JSON.stringify({
      model: ADAPTER_SLUG,
      temperature: 0.2,
      max_tokens: 256,
      messages: [
        { role: "system", content: system },
        { role: "user", content: "Where is my order 4711, and can you change its address?" },
      ],
    });
  const room = Math.max(0, bytes - body("").length);
  return body(CONVERSATION.repeat(Math.ceil(room / CONVERSATION.length)).slice(0, room));
}

/** What a node answers, about 0.4 kB, with the usage that is accounted. */
export const CHAT_REPLY = JSON.stringify({
  id: "chatcmpl-4f1d7c2b9a604c0f8a6f",
  object: "chat.completion",
  created: 1_764_000_000,
  model: "bench",
  choices: [
    {
      index: 0,
      message: {
        role: "assistant",
        content: "Your order 4711 left our store this morning and arrives on Friday.",
        tool_calls: [],
      },
      logprobs: null,
      finish_reason: "stop",
    },
  ],
  usage: { prompt_tokens: 412, total_tokens: 431, completion_tokens: 19 },
});

/** A streamed chat of `events` events, one every `everyMs`; the stream server of the bench reads it so. */
export const streamBody = (events: number, everyMs: number): string =>
  JSON.stringify({
    model: ADAPTER_SLUG,
    stream: true,
    max_tokens: events,
    seed: everyMs,
    messages: [{ role: "user", content: "Tell me all about order 4711." }],
  });
