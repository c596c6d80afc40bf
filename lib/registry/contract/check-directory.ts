import type { ContractDocument } from "../browser/contract-schema.ts";
import { type CheckedPool, checkArtifact } from "../checks/check-artifact.ts";
import { listSource } from "../intake/source-directory.ts";
import type { Finding } from "../schema.ts";

/**
 * Every check a version gets at registration, on a folder where it lies; nothing is stored and nothing asked.
 * @throws AppError `invalid` when the folder cannot be listed or holds links
 */
export async function checkDirectory(directory: string, pool: CheckedPool): Promise<Finding[]> {
  const files = await listSource(directory);
  const { findings } = await checkArtifact(
    directory,
    files.map(({ path }) => path),
    pool,
  );
  return findings;
}

/** What a contract says about its pool, as the checks take it. */
export const poolOfContract = (contract: ContractDocument): CheckedPool => ({
  baseModel: contract.baseModel,
  baseRevision: contract.baseRevision,
  architecture: contract.architecture,
  baseShapes: contract.baseShapes,
  architectureChecksum: contract.architectureChecksum,
  tokenizerChecksum: contract.tokenizerChecksum,
  chatTemplateChecksum: contract.chatTemplateChecksum,
  maxLoraRank: contract.rank,
  maxModelLen: contract.sequenceLimit,
  dtype: contract.dtype,
});
