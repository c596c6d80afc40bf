import { describe, expect, it } from "vitest";
import { KNOWN_ARCHITECTURES, LAYER_MODULES, modulesOf, moduleWidths, readBaseShapes } from "./base-shapes.ts";

/** What a config.json of each architecture holds at least. */
const config = (architecture: string, more: Record<string, unknown> = {}) => ({
  architectures: [architecture],
  hidden_size: 2304,
  intermediate_size: 9216,
  num_hidden_layers: 26,
  num_attention_heads: 8,
  vocab_size: 256_000,
  ...more,
});

describe("readBaseShapes", () => {
  it("takes the numbers as the config gives them", () => {
    const given = { num_key_value_heads: 2, head_dim: 96, tie_word_embeddings: true };
    for (const architecture of KNOWN_ARCHITECTURES)
      expect(readBaseShapes(config(architecture, given))).toEqual({
        architecture,
        hiddenSize: 2304,
        intermediateSize: 9216,
        layers: 26,
        heads: 8,
        vocabSize: 256_000,
        kvHeads: 2,
        headDim: 96,
        tiedEmbeddings: true,
      });
  });

  it.each([
    ["LlamaForCausalLM", 8, 288, false],
    ["MistralForCausalLM", 8, 288, false],
    ["Qwen2ForCausalLM", 32, 288, false],
    ["Qwen3ForCausalLM", 32, 128, false],
    ["Gemma2ForCausalLM", 4, 256, true],
  ])("fills in what %s leaves out as transformers does", (architecture, kvHeads, headDim, tiedEmbeddings) => {
    expect(readBaseShapes(config(architecture))).toMatchObject({ kvHeads, headDim, tiedEmbeddings });
  });

  it("takes null for as many heads as there are, and for hidden size over heads", () => {
    const nulls = { num_key_value_heads: null, head_dim: null };
    for (const architecture of KNOWN_ARCHITECTURES)
      expect(readBaseShapes(config(architecture, nulls))).toMatchObject({ kvHeads: 8, headDim: 288 });
  });

  it("knows nothing of other architectures, nor of files that lack a number", () => {
    expect(readBaseShapes(config("NewForCausalLM"))).toBeNull();
    expect(readBaseShapes(config("constructor"))).toBeNull();
    expect(readBaseShapes({ ...config("LlamaForCausalLM"), hidden_size: "4096" })).toBeNull();
    expect(readBaseShapes({ ...config("LlamaForCausalLM"), num_attention_heads: 7 })).toBeNull();
    expect(readBaseShapes({})).toBeNull();
  });
});

describe("modulesOf", () => {
  it("offers every linear module of a layer, and embeddings only where vLLM takes a LoRA on them", () => {
    const linear = Object.keys(LAYER_MODULES);
    expect(modulesOf("LlamaForCausalLM")).toEqual([...linear, "embed_tokens", "lm_head"]);
    expect(modulesOf("Qwen3ForCausalLM")).toEqual([...linear, "embed_tokens", "lm_head"]);
    for (const architecture of ["MistralForCausalLM", "Qwen2ForCausalLM", "Gemma2ForCausalLM"])
      expect(modulesOf(architecture)).toEqual(linear);
    expect(modulesOf("NewForCausalLM")).toEqual([]);
  });
});

describe("moduleWidths", () => {
  it("gives Gemma 2's attention the width of its heads, not of the model", () => {
    const shapes = readBaseShapes(config("Gemma2ForCausalLM"));
    if (shapes === null) throw new Error("Gemma 2 is known");
    expect(moduleWidths(shapes, "q_proj")).toEqual({ input: 2304, output: 2048 });
    expect(moduleWidths(shapes, "k_proj")).toEqual({ input: 2304, output: 1024 });
    expect(moduleWidths(shapes, "o_proj")).toEqual({ input: 2048, output: 2304 });
    expect(moduleWidths(shapes, "down_proj")).toEqual({ input: 9216, output: 2304 });
  });
});
