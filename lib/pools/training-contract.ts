import { type BaseShapes, modulesOf } from "#lib/platform/safetensors/base-shapes.ts";
import type { PoolDtype, TrainingContract } from "./schema.ts";

/** What every adapter of this pool was promised to be trained on; it stands in for files an adapter does not bring. */
export const trainingContractOf = (pool: {
  baseModel: string;
  baseRevision: string | null;
  architecture: string;
  architectureChecksum: string;
  tokenizerChecksum: string | null;
  chatTemplateChecksum: string | null;
  maxLoraRank: number;
  maxModelLen: number;
  dtype: PoolDtype;
  baseShapes: BaseShapes | null;
  baseAliases: string[];
  otherBases: string[];
  engineVersions: (string | null)[];
  chatTemplate: string | null;
}): TrainingContract => ({
  baseModel: pool.baseModel,
  baseRevision: pool.baseRevision,
  architecture: pool.architecture,
  architectureChecksum: pool.architectureChecksum,
  tokenizerChecksum: pool.tokenizerChecksum,
  chatTemplateChecksum: pool.chatTemplateChecksum,
  rank: pool.maxLoraRank,
  sequenceLimit: pool.maxModelLen,
  dtype: pool.dtype,
  targetModules: pool.baseShapes === null ? null : [...modulesOf(pool.baseShapes.architecture)],
  baseAliases: pool.baseAliases,
  otherBases: pool.otherBases,
  engineVersions: pool.engineVersions,
  chatTemplate: pool.chatTemplate,
});
