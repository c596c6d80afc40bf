import * as z from "zod";

/** Simulated nodes mark every reply with it; a real vLLM never sends it. */
export const SIMULATED_HEADER = "x-switchyard-simulated";

/** One entry of `GET /v1/models`. `created` and permission ids change with every call: never compare whole cards. */
export const ModelCardSchema = z.object({
  id: z.string(),
  object: z.literal("model").optional(),
  created: z.number().optional(),
  owned_by: z.string().optional(),
  /** Base: the model path. LoRA: `lora_path` exactly as it was sent. Absent before 0.3. */
  root: z.string().nullable().optional(),
  /** null = base model; a LoRA names the first served base. */
  parent: z.string().nullable().optional(),
  /** Always null on a LoRA. */
  max_model_len: z.number().int().nullable().optional(),
  permission: z.array(z.unknown()).optional(),
});
export type ModelCard = z.infer<typeof ModelCardSchema>;

export const ModelListSchema = z.object({ object: z.literal("list"), data: z.array(ModelCardSchema) });
export type ModelList = z.infer<typeof ModelListSchema>;

export const VersionReplySchema = z.object({ version: z.string() });

export const ServerLoadSchema = z.object({ server_load: z.number().int() });

/** `GET /tokenizer_info`: the tokenizer's own config, with the template that is in use. */
export const TokenizerInfoSchema = z.looseObject({ chat_template: z.string().nullable().optional() });
export type TokenizerInfo = z.infer<typeof TokenizerInfoSchema>;

/** A field that other releases write otherwise: then it says nothing, and the rest still counts. */
const lenient = <T extends z.ZodType>(schema: T) => schema.nullable().optional().catch(null);

/** `GET /server_info?config_format=json`, as far as it is read. Older releases answer plain text inside. */
export const ServerInfoSchema = z.object({
  vllm_config: lenient(
    z.object({
      lora_config: lenient(
        z.object({
          max_loras: lenient(z.number().int()),
          max_cpu_loras: lenient(z.number().int()),
          max_lora_rank: lenient(z.union([z.number().int(), z.string().regex(/^\d+$/).transform(Number)])),
        }),
      ),
      model_config: lenient(z.object({ dtype: lenient(z.string()), max_model_len: lenient(z.number().int()) })),
      device_config: lenient(z.object({ device: lenient(z.string()) })),
    }),
  ),
});
export type ServerInfo = z.infer<typeof ServerInfoSchema>;

/** Body of `POST /v1/load_lora_adapter`. Unknown fields are ignored by vLLM, so a typo would be a silent no-op. */
export const LoadRequestSchema = z.object({
  lora_name: z.string(),
  /** Absolute path on the node; anything that does not exist there would be downloaded from a model hub. */
  lora_path: z.string(),
});
export type LoadRequest = z.infer<typeof LoadRequestSchema>;

/** The plain text (not JSON) of a success. */
export const loadedText = (loraName: string): string => `Success: LoRA adapter '${loraName}' added successfully.`;
export const unloadedText = (loraName: string): string => `Success: LoRA adapter '${loraName}' removed successfully.`;

/** Errors since 0.10.1. */
export const NestedErrorSchema = z.object({
  error: z.object({
    message: z.string(),
    type: z.string().nullable().optional(),
    param: z.string().nullable().optional(),
    code: z.union([z.number(), z.string()]).nullable().optional(),
  }),
});
/** Errors up to 0.10.0. */
export const FlatErrorSchema = z.object({
  object: z.literal("error"),
  message: z.string(),
  type: z.string().nullable().optional(),
  param: z.string().nullable().optional(),
  code: z.union([z.number(), z.string()]).nullable().optional(),
});
/** A wrong or missing key: `error` is a string here and nowhere else. */
export const UnauthorizedErrorSchema = z.object({ error: z.string() });
/** The framework's own answer to an unknown path, such as the load route when runtime updates are off. */
export const DetailErrorSchema = z.object({ detail: z.unknown() });

/** Body of `POST /tokenize`: a text, or messages that the chat template puts together. */
export type TokenizeRequest =
  /** Optional since 0.8; older releases need it. */
  { model?: string } & ({ prompt: string } | { messages: ChatMessage[]; tools?: readonly unknown[] });

export const TokenizeReplySchema = z.object({
  count: z.number().int(),
  max_model_len: z.number().int(),
  tokens: z.array(z.number().int()),
  token_strs: z.array(z.string()).nullable().optional(),
});
export type TokenizeReply = z.infer<typeof TokenizeReplySchema>;

/** Body of `POST /v1/completions`, as far as Switchyard sends it. */
export const CompletionRequestSchema = z.object({
  model: z.string(),
  /** Several prompts are answered in one reply, one choice each, `index` telling which. */
  prompt: z.union([z.string(), z.array(z.string()).min(1)]),
  max_tokens: z.number().int().min(0),
  temperature: z.number().min(0),
  /** With `logprobs` it ends a CPU engine that has another request in the batch (0.32.0): never ask for it. */
  echo: z.boolean().optional(),
  /** How many alternatives to list for each token; more than 20 is refused. */
  logprobs: z.number().int().min(0).max(20).nullable().optional(),
  /** Writes tokens as `token_id:<n>`: as text, different byte tokens would share one key. */
  return_tokens_as_token_ids: z.boolean().optional(),
  seed: z.number().int().optional(),
});
export type CompletionRequest = z.infer<typeof CompletionRequestSchema>;

export const CompletionLogprobsSchema = z.object({
  tokens: z.array(z.string()),
  /** One a token; the first token of an echoed prompt has none. */
  token_logprobs: z.array(z.number().nullable()),
  text_offset: z.array(z.number().int()).optional(),
  /** For each token the likeliest alternatives and itself. */
  top_logprobs: z.array(z.record(z.string(), z.number()).nullable()).nullable().optional(),
});

export const UsageSchema = z.object({
  prompt_tokens: z.number().int(),
  completion_tokens: z.number().int().nullable().optional(),
  total_tokens: z.number().int(),
});

export const CompletionReplySchema = z.object({
  id: z.string(),
  object: z.literal("text_completion"),
  created: z.number(),
  /** The name that really served the request: the base's name when no adapter was applied. */
  model: z.string(),
  choices: z.array(
    z.object({
      index: z.number().int(),
      text: z.string(),
      finish_reason: z.string().nullable(),
      logprobs: CompletionLogprobsSchema.nullable().optional(),
    }),
  ),
  usage: UsageSchema.nullable().optional(),
});
export type CompletionReply = z.infer<typeof CompletionReplySchema>;

export const ToolCallSchema = z.object({
  id: z.string(),
  type: z.literal("function"),
  /** `arguments` is text that should hold JSON; whether it does is what an evaluation finds out. */
  function: z.object({ name: z.string(), arguments: z.string() }),
});

export const ChatMessageSchema = z.object({
  role: z.enum(["system", "user", "assistant", "tool"]),
  content: z.string().nullable(),
  tool_calls: z.array(ToolCallSchema).optional(),
  tool_call_id: z.string().optional(),
});
export type ChatMessage = z.infer<typeof ChatMessageSchema>;

export const ChatRequestSchema = z.object({
  model: z.string(),
  messages: z.array(ChatMessageSchema).min(1),
  tools: z.array(z.unknown()).optional(),
  tool_choice: z.unknown().optional(),
  max_tokens: z.number().int().positive().optional(),
  temperature: z.number().min(0).optional(),
  top_p: z.number().positive().max(1).optional(),
  seed: z.number().int().optional(),
  stream: z.boolean().optional(),
});
export type ChatRequest = z.infer<typeof ChatRequestSchema>;

export const ChatReplySchema = z.object({
  id: z.string(),
  object: z.literal("chat.completion"),
  created: z.number(),
  model: z.string(),
  choices: z.array(
    z.object({
      index: z.number().int(),
      message: z.object({
        role: z.literal("assistant"),
        content: z.string().nullable(),
        tool_calls: z.array(ToolCallSchema).nullable().optional(),
      }),
      finish_reason: z.string().nullable(),
    }),
  ),
  usage: UsageSchema.nullable().optional(),
});
export type ChatReply = z.infer<typeof ChatReplySchema>;
