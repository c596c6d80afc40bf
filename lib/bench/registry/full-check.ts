import { writeSeededAdapter } from "#lib/platform/safetensors/seeded-adapter.ts";
import { type BenchApi, openBenchApi } from "#lib/testbed/api.ts";
import type { Measured } from "../judge.ts";
import type { RegistryLine } from "./run-registry.ts";

/** Fewer would let one busy moment decide. */
const LEAST_RUNS = 5;

/** Shapes of Llama 3.1 8B: rank 8 on every linear layer is 448 tensors and 41.9 MB. */
const LLAMA_8B = {
  architectures: ["LlamaForCausalLM"],
  model_type: "llama",
  hidden_size: 4096,
  intermediate_size: 14_336,
  num_hidden_layers: 32,
  num_attention_heads: 32,
  num_key_value_heads: 8,
  head_dim: 128,
  vocab_size: 128_256,
  max_position_embeddings: 131_072,
  tie_word_embeddings: false,
};
const RANK = 8;
const BASE_MODEL = "bench/llama-8b";

/**
 * From the call that says "all files have arrived" to the answer "ready": digests of every byte, all checks, every
 * weight looked at, the directory synced and moved to its place, the catalog written.
 */
export const measureFullCheck: RegistryLine = async ({ postgres, runs, say }) => {
  const api = await openBenchApi(postgres);
  try {
    const adapterId = await addBenchAdapter(api);
    const seconds: number[] = [];
    for (let run = 0; run < Math.max(LEAST_RUNS, runs); run += 1) {
      const { files } = writeSeededAdapter({
        seed: `run ${run}`,
        baseModel: BASE_MODEL,
        baseConfig: LLAMA_8B,
        rank: RANK,
        alpha: 16,
      });
      seconds.push(await completeOnce(api, adapterId, files));
    }
    say(`full check of 41.9 MB: ${seconds.map((value) => `${(1000 * value).toFixed(0)} ms`).join(", ")}`);
    return [{ metric: "full_check_42_mb", ours: seconds }] satisfies Measured[];
  } finally {
    await api.close();
  }
};

/** A tenant's adapter in a pool of the 8B model's shapes. */
export async function addBenchAdapter({ admin }: BenchApi): Promise<string> {
  const pool = await admin.call("POST /pools", {
    body: {
      slug: "bench",
      name: "Bench",
      baseModel: BASE_MODEL,
      dtype: "bfloat16",
      maxModelLen: 8192,
      maxLoras: 2,
      maxLoraRank: RANK,
      maxCpuLoras: 4,
      adapterDirectory: "/data/adapters",
      files: {
        configJson: LLAMA_8B,
        tokenizerJson: { model: { type: "BPE", vocab: { a: 0 }, merges: [] }, added_tokens: [] },
        tokenizerConfigJson: { chat_template: "{{ messages }}" },
      },
    },
  });
  const tenant = await admin.call("POST /tenants", { body: { slug: "bench", name: "Bench" } });
  const adapter = await admin.call("POST /tenants/{tenantId}/adapters", {
    params: { tenantId: tenant.id },
    body: { slug: "bot", name: "Bot", poolId: pool.id },
  });
  return adapter.id;
}

/** @returns seconds */
async function completeOnce(
  { admin }: BenchApi,
  adapterId: string,
  files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>,
): Promise<number> {
  const draft = await admin.call("POST /adapters/{adapterId}/versions", {
    params: { adapterId },
    body: { files: [...files].map(([path, bytes]) => ({ path, sizeBytes: bytes.byteLength })) },
  });
  for (const [fileName, bytes] of files)
    await admin.call("PUT /versions/{versionId}/files/{fileName}", {
      params: { versionId: draft.id, fileName },
      stream: bytes,
    });
  const startedAt = performance.now();
  const version = await admin.call("POST /versions/{versionId}/complete", { params: { versionId: draft.id } });
  const seconds = (performance.now() - startedAt) / 1000;
  if (version.state !== "ready") {
    const problem = version.checkReport?.findings.find(({ severity }) => severity === "error");
    throw new Error(`the version is ${version.state}: ${problem?.message}`);
  }
  return seconds;
}
