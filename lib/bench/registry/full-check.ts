import { writeSeededAdapter } from "#lib/platform/safetensors/seeded-adapter.ts";
import type { BenchApi } from "#lib/testbed/api.ts";
import type { Measured } from "../judge.ts";
import { addBenchAdapter, BASE_MODEL, LLAMA_8B, RANK } from "./bench-adapter.ts";

/** Fewer would let one busy moment decide. */
const LEAST_RUNS = 5;

/**
 * From the call that says "all files have arrived" to the answer "ready": digests of every byte, all checks, every
 * weight looked at, the directory synced and moved to its place, the catalog written.
 */
export async function measureFullCheck(api: BenchApi, runs: number, log: (line: string) => void): Promise<Measured> {
  const addDraft = await addBenchAdapter(api);
  const seconds: number[] = [];
  for (let run = 0; run < Math.max(LEAST_RUNS, runs); run += 1) {
    const shape = { baseModel: BASE_MODEL, baseConfig: LLAMA_8B, rank: RANK, alpha: 16 };
    const files = [...writeSeededAdapter({ seed: `run ${run}`, ...shape }).files];
    const versionId = await addDraft(files.map(([path, bytes]) => ({ path, sizeBytes: bytes.byteLength })));
    for (const [fileName, stream] of files)
      await api.admin.call("PUT /versions/{versionId}/files/{fileName}", { params: { versionId, fileName }, stream });
    const startedAt = performance.now();
    const { state, checkReport } = await api.admin.call("POST /versions/{versionId}/complete", {
      params: { versionId },
    });
    seconds.push((performance.now() - startedAt) / 1000);
    const problem = checkReport?.findings.find(({ severity }) => severity === "error");
    if (state !== "ready") throw new Error(`the version is ${state}: ${problem?.message}`);
  }
  log(`full check of 41.9 MB: ${seconds.map((value) => `${(1000 * value).toFixed(0)} ms`).join(", ")}`);
  return { metric: "full_check_42_mb", ours: seconds };
}
