/** The numbers of a base model's config.json that fix the shape of every adapter for it. */
export type BaseShapes = {
  architecture: string;
  hiddenSize: number;
  intermediateSize: number;
  layers: number;
  heads: number;
  kvHeads: number;
  headDim: number;
  vocabSize: number;
  tiedEmbeddings: boolean;
};

type Architecture = {
  /** Modules outside the layers that vLLM takes a LoRA on; the linear modules of a layer always are. */
  embeddings: readonly ModelModule[];
  /** What transformers assumes where config.json leaves these out; null = as many as heads, or hidden size / heads. */
  kvHeads: number | null;
  headDim: number | null;
  tiedEmbeddings: boolean;
};

/**
 * Dense decoders whose modules have Llama's names and shapes (vllm.md §5): embeddings read in vLLM 0.32
 * (`embedding_modules` of each model class), defaults in transformers 5.19. Others are "not checked".
 */
const ARCHITECTURES = {
  LlamaForCausalLM: { embeddings: ["embed_tokens", "lm_head"], kvHeads: null, headDim: null, tiedEmbeddings: false },
  MistralForCausalLM: { embeddings: [], kvHeads: 8, headDim: null, tiedEmbeddings: false },
  Qwen2ForCausalLM: { embeddings: [], kvHeads: 32, headDim: null, tiedEmbeddings: false },
  Qwen3ForCausalLM: { embeddings: ["embed_tokens", "lm_head"], kvHeads: 32, headDim: 128, tiedEmbeddings: false },
  Gemma2ForCausalLM: { embeddings: [], kvHeads: 4, headDim: 256, tiedEmbeddings: true },
} as const satisfies Readonly<Record<string, Architecture>>;

export const KNOWN_ARCHITECTURES: readonly string[] = Object.keys(ARCHITECTURES);

const architectureNamed = (name: string): Architecture | null =>
  Object.hasOwn(ARCHITECTURES, name) ? ARCHITECTURES[name as keyof typeof ARCHITECTURES] : null;

/** The linear modules of one layer, in the order PEFT's file lists them. */
export const LAYER_MODULES = {
  down_proj: "mlp.down_proj",
  gate_proj: "mlp.gate_proj",
  up_proj: "mlp.up_proj",
  k_proj: "self_attn.k_proj",
  o_proj: "self_attn.o_proj",
  q_proj: "self_attn.q_proj",
  v_proj: "self_attn.v_proj",
} as const;
export type LayerModule = keyof typeof LAYER_MODULES;
/** Modules that stand once in the model, with their paths. */
export const MODEL_MODULES = { embed_tokens: "model.embed_tokens", lm_head: "lm_head" } as const;
export type ModelModule = keyof typeof MODEL_MODULES;
export type LoraModule = LayerModule | ModelModule;
export const LORA_MODULES: readonly LoraModule[] = [
  ...(Object.keys(LAYER_MODULES) as LayerModule[]),
  ...(Object.keys(MODEL_MODULES) as ModelModule[]),
];

/** The modules of this base that vLLM takes a LoRA on; none for an architecture we do not know. */
export const modulesOf = (architecture: string): readonly LoraModule[] => {
  const known = architectureNamed(architecture);
  return known === null ? [] : [...(Object.keys(LAYER_MODULES) as LayerModule[]), ...known.embeddings];
};

const positive = (value: unknown): number | null =>
  typeof value === "number" && Number.isSafeInteger(value) && value > 0 ? value : null;

/** First of `architectures`, or null. */
export const architectureOf = (config: Record<string, unknown>): string | null => {
  const list = config.architectures;
  return Array.isArray(list) && typeof list[0] === "string" ? list[0] : null;
};

/**
 * Reads the shapes out of a config.json, with transformers' own defaults for what older files leave out.
 * @returns null for an architecture we do not know, or a file that lacks a number
 */
export function readBaseShapes(config: Record<string, unknown>): BaseShapes | null {
  const architecture = architectureOf(config);
  const known = architecture === null ? null : architectureNamed(architecture);
  if (architecture === null || known === null) return null;
  const hiddenSize = positive(config.hidden_size);
  const intermediateSize = positive(config.intermediate_size);
  const layers = positive(config.num_hidden_layers);
  const heads = positive(config.num_attention_heads);
  const vocabSize = positive(config.vocab_size);
  if (hiddenSize === null || intermediateSize === null || layers === null || heads === null || vocabSize === null)
    return null;
  const kvHeads = positive(orDefault(config.num_key_value_heads, known.kvHeads)) ?? heads;
  const headDim = positive(orDefault(config.head_dim, known.headDim)) ?? hiddenSize / heads;
  if (!Number.isInteger(headDim)) return null;
  const tiedEmbeddings = orDefault(config.tie_word_embeddings, known.tiedEmbeddings) === true;
  return { architecture, hiddenSize, intermediateSize, layers, heads, kvHeads, headDim, vocabSize, tiedEmbeddings };
}

/** An absent key takes the class's default; a key that says null is taken at its word, as transformers does. */
const orDefault = (value: unknown, standard: unknown): unknown => (value === undefined ? standard : value);

/** Width of what goes into a module and of what comes out, in elements. */
export function moduleWidths(shapes: BaseShapes, module: LoraModule): { input: number; output: number } {
  const { hiddenSize, intermediateSize, vocabSize, headDim } = shapes;
  switch (module) {
    case "q_proj":
      return { input: hiddenSize, output: shapes.heads * headDim };
    case "k_proj":
    case "v_proj":
      return { input: hiddenSize, output: shapes.kvHeads * headDim };
    case "o_proj":
      return { input: shapes.heads * headDim, output: hiddenSize };
    case "gate_proj":
    case "up_proj":
      return { input: hiddenSize, output: intermediateSize };
    case "down_proj":
      return { input: intermediateSize, output: hiddenSize };
    case "embed_tokens":
      return { input: vocabSize, output: hiddenSize };
    case "lm_head":
      return { input: hiddenSize, output: vocabSize };
  }
}
