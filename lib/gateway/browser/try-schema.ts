import * as z from "zod";

/** Most that one trial may generate, in tokens. */
export const TRY_MAX_TOKENS = 1024;

const TryMessage = z.strictObject({
  role: z.enum(["system", "user", "assistant"]),
  content: z.string().min(1).max(16_000),
});

/** One request to be sent as a tenant; either `prompt` (one message of the user) or `messages`. */
export const TryRequest = z
  .strictObject({
    /** As a customer would send it; absent = the tenant's default model. */
    model: z.string().min(1).max(200).optional(),
    prompt: z.string().min(1).max(16_000).optional(),
    messages: z.array(TryMessage).min(1).max(50).optional(),
    /** Tool definitions in OpenAI's shape. */
    tools: z.array(z.record(z.string(), z.unknown())).max(16).optional(),
    maxTokens: z.number().int().min(1).max(TRY_MAX_TOKENS).default(256),
    stream: z.boolean().default(true),
  })
  .refine(({ prompt, messages }) => (prompt === undefined) !== (messages === undefined), {
    path: ["prompt"],
    message: "give either prompt or messages",
  });
export type TryRequest = z.output<typeof TryRequest>;

/** What a trial tells as it happens. `atMs` counts from the moment it was sent to the gateway. */
export const TryEventSchema = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("head"),
    status: z.number().int(),
    /** x-request-id, x-switchyard-*, x-ratelimit-*, retry-after; customers are not told which node answered. */
    headers: z.array(z.object({ name: z.string(), value: z.string() })),
    atMs: z.number(),
  }),
  z.object({
    type: z.literal("chunk"),
    /** `tool` is a piece of a call: its name, then its arguments. */
    kind: z.enum(["text", "tool"]),
    text: z.string(),
    atMs: z.number(),
  }),
  z.object({
    type: z.literal("end"),
    /** As the answer itself counts them; null = it did not. */
    tokens: z.object({ prompt: z.number().int(), completion: z.number().int() }).nullable(),
    /** To the first piece of the answer; null = it had none. */
    ttftMs: z.number().nullable(),
    totalMs: z.number(),
    chunks: z.number().int(),
  }),
  z.object({
    type: z.literal("problem"),
    /** The gateway's error code, or ours: gateway_away, broke_off, too_slow, too_large. */
    code: z.string(),
    detail: z.string(),
    fix: z.string().nullable(),
  }),
]);
export type TryEvent = z.infer<typeof TryEventSchema>;
