import * as z from "zod";

const Part = z.looseObject({ type: z.string().optional(), text: z.string().optional() });
const Message = z.looseObject({
  role: z.string(),
  content: z.union([z.string(), z.array(Part), z.null()]).optional(),
  tool_calls: z
    .array(z.looseObject({ function: z.looseObject({ name: z.string(), arguments: z.string() }) }))
    .nullish(),
});
const ToolSchema = z.looseObject({
  type: z.literal("function").default("function"),
  function: z.looseObject({ name: z.string(), parameters: z.record(z.string(), z.unknown()).nullish() }),
});

/** Body of a chat request as far as it changes an answer; unknown fields are ignored, as vLLM does. */
export const ChatBodySchema = z.looseObject({
  model: z.string().nullish(),
  messages: z.array(Message),
  tools: z.array(ToolSchema).nullish(),
  tool_choice: z
    .union([z.enum(["none", "auto", "required"]), z.looseObject({ function: z.looseObject({ name: z.string() }) })])
    .nullish(),
  max_tokens: z.int().nullish(),
  max_completion_tokens: z.int().nullish(),
  temperature: z.number().min(0).nullish(),
  seed: z.int().nullish(),
  n: z.int().min(1).max(64).nullish(),
  ignore_eos: z.boolean().nullish(),
  logprobs: z.boolean().nullish(),
  top_logprobs: z.int().min(0).max(20).nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
});
export type ChatBody = z.infer<typeof ChatBodySchema>;

const Texts = z.union([z.string(), z.array(z.string()), z.array(z.int()), z.array(z.array(z.int()))]);

/** Body of a completions request. */
export const CompletionBodySchema = z.looseObject({
  model: z.string().nullish(),
  prompt: Texts,
  max_tokens: z.int().min(0).nullish(),
  temperature: z.number().min(0).nullish(),
  seed: z.int().nullish(),
  n: z.int().min(1).max(64).nullish(),
  echo: z.boolean().nullish(),
  ignore_eos: z.boolean().nullish(),
  logprobs: z.int().min(0).nullish(),
  return_tokens_as_token_ids: z.boolean().nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
});
export type CompletionBody = z.infer<typeof CompletionBodySchema>;

export const EmbeddingBodySchema = z.looseObject({
  model: z.string().nullish(),
  input: Texts,
  encoding_format: z.enum(["float", "base64"]).nullish(),
});

/** Body of a request to /v1/responses; tools are ignored. */
export const ResponsesBodySchema = z.looseObject({
  model: z.string().nullish(),
  input: z.union([z.string(), z.array(Message)]),
  instructions: z.string().nullish(),
  max_output_tokens: z.int().min(1).nullish(),
  temperature: z.number().min(0).nullish(),
  stream: z.boolean().nullish(),
});
export type ResponsesBody = z.infer<typeof ResponsesBodySchema>;

export const TokenizeBodySchema = z.union([
  z.object({
    model: z.string().nullish(),
    prompt: z.string(),
    add_special_tokens: z.boolean().default(true),
    return_token_strs: z.boolean().nullish(),
  }),
  z.object({
    model: z.string().nullish(),
    messages: z.array(Message),
    tools: z.array(z.unknown()).nullish(),
    add_generation_prompt: z.boolean().default(true),
    return_token_strs: z.boolean().nullish(),
  }),
]);
export const DetokenizeBodySchema = z.looseObject({ model: z.string().nullish(), tokens: z.array(z.int().min(0)) });

export const LoadBodySchema = z.looseObject({
  lora_name: z.string(),
  lora_path: z.string(),
  load_inplace: z.boolean().default(false),
});
export const UnloadBodySchema = z.looseObject({ lora_name: z.string() });

/** Body of the container standard's load route. */
export const AdapterBodySchema = z.looseObject({
  name: z.string(),
  src: z.string(),
  load_inplace: z.boolean().default(false),
});
