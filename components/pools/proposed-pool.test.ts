import { describe, expect, it } from "vitest";
import type { PoolProposal } from "#lib/fleet/browser/inspection-schema.ts";
import { CreatePool } from "#lib/pools/schema.ts";
import { bodyOf } from "./pool-proposals.ts";
import { proposedPool } from "./proposed-pool.ts";

const engine = <T>(value: T) => ({ value, source: "engine" as const, note: "" });
const ask = { value: null, source: "ask" as const, note: "" };

const proposal: PoolProposal = {
  slug: engine("tiny-llama"),
  name: engine("tiny-llama"),
  baseModel: engine("switchyard/tiny-llama"),
  baseRevision: ask,
  files: ask,
  dtype: engine("float16"),
  maxModelLen: engine(2048),
  maxLoras: engine(4),
  maxLoraRank: ask,
  maxCpuLoras: ask,
  gpuMemoryUtilization: ask,
  adapterDirectory: engine("/data/adapters"),
  fallback: engine("base_model"),
  maxBatchWaitMs: engine(50),
};
const files = { configJson: {}, tokenizerJson: {} };
const refusedFields = (values: ReturnType<typeof proposedPool>) =>
  CreatePool.safeParse(bodyOf(values, { config: null, tenantCount: 0 }, files)).error?.issues.map(({ path }) =>
    path.join("."),
  );

describe("a pool proposed from a node", () => {
  it("takes over what the engine shows", () => {
    expect(proposedPool(proposal)).toMatchObject({ maxLoras: 4, maxModelLen: 2048, dtype: "float16" });
  });

  it("leaves what nobody told to be given, and the API names each when it is not", () => {
    const values = proposedPool(proposal);
    expect(values).toMatchObject({ maxLoraRank: null, maxCpuLoras: Number.NaN });
    expect(refusedFields(values)).toEqual(["maxLoraRank", "maxCpuLoras", "gpuMemoryUtilization"]);
  });

  it("is one the API takes once that is given", () => {
    const given = { maxLoraRank: 16 as const, maxCpuLoras: 8, gpuMemoryUtilization: 0.9 };
    expect(refusedFields({ ...proposedPool(proposal), ...given })).toBeUndefined();
  });
});
