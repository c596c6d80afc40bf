import type { BenchApi } from "#lib/testbed/api.ts";

export const BASE_MODEL = "bench/llama-8b";
export const RANK = 8;

/** Shapes of Llama 3.1 8B: rank 8 on every linear layer is 448 tensors and 41.9 MB. */
export const LLAMA_8B = {
  ...{ architectures: ["LlamaForCausalLM"], model_type: "llama", hidden_size: 4096, intermediate_size: 14_336 },
  ...{ num_hidden_layers: 32, num_attention_heads: 32, num_key_value_heads: 8, head_dim: 128, vocab_size: 128_256 },
  ...{ max_position_embeddings: 131_072, tie_word_embeddings: false },
};

/** @returns the pool's id */
export async function addBenchPool({ admin }: BenchApi, slug: string, maxLoraRank: 8 | 16 | 64): Promise<string> {
  const files = {
    configJson: LLAMA_8B,
    tokenizerJson: { model: { type: "BPE", vocab: { a: 0 }, merges: [] }, added_tokens: [] },
    tokenizerConfigJson: { chat_template: "{{ messages }}" },
  };
  const limits = { dtype: "bfloat16" as const, maxModelLen: 8192, maxLoras: 2, maxLoraRank, maxCpuLoras: 4 };
  const body = { slug, name: slug, baseModel: BASE_MODEL, files, ...limits, adapterDirectory: "/data/adapters" };
  return (await admin.call("POST /pools", { body })).id;
}

/** A tenant's draft in a pool of the 8B model's shapes, for files of these sizes. @returns how to make one, by version id */
export async function addBenchAdapter(api: BenchApi) {
  const { admin } = api;
  const poolId = await addBenchPool(api, "bench", RANK);
  const tenant = await admin.call("POST /tenants", { body: { slug: "bench", name: "Bench" } });
  const body = { slug: "bot", name: "Bot", poolId };
  const { id } = await admin.call("POST /tenants/{tenantId}/adapters", { params: { tenantId: tenant.id }, body });
  return async (files: { path: string; sizeBytes: number }[]): Promise<string> =>
    (await admin.call("POST /adapters/{adapterId}/versions", { params: { adapterId: id }, body: { files } })).id;
}
