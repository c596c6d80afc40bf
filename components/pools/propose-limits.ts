const USUAL_LENGTH = 8192;

/** A sequence limit that the base model has positions for: 8,192 tokens, or all it has if they are fewer. */
export const proposeSequenceLimit = (config: Record<string, unknown> | null): number => {
  const positions = config?.max_position_embeddings;
  return typeof positions === "number" && positions > 0 ? Math.min(USUAL_LENGTH, positions) : USUAL_LENGTH;
};

/** The dtype the base was saved in, if vLLM serves LoRA in it. transformers 5 renamed `torch_dtype` to `dtype`. */
export const proposeDtype = <Dtype extends string>(
  config: Record<string, unknown> | null,
  known: readonly Dtype[],
): Dtype | null => {
  const saved = config?.dtype ?? config?.torch_dtype;
  return known.find((dtype) => dtype === saved) ?? null;
};
