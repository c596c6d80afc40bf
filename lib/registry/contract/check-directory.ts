import { listSource } from "../artifacts/source-directory.ts";
import type { ContractDocument } from "../browser/contract-schema.ts";
import { checkFileSet } from "../browser/file-set.ts";
import { hasErrors } from "../browser/finding.ts";
import { type CheckedPool, checkArtifact } from "../checks/check-artifact.ts";
import type { Finding } from "../schema.ts";

/**
 * Every check a version gets at registration, on a folder where it lies; nothing is stored, and only what a version would
 * hold is opened.
 * @throws AppError `invalid` when the folder cannot be listed or holds links
 */
export async function checkDirectory(directory: string, pool: CheckedPool): Promise<Finding[]> {
  const { files, folders } = await listSource(directory);
  const { stored, findings } = checkFileSet(files, folders);
  if (hasErrors(findings)) return findings;
  const names = stored.map(({ path }) => path);
  const checked = await checkArtifact(directory, names, pool);
  return [...findings.filter(({ code }) => code === "file_ignored"), ...checked.findings];
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
  baseAliases: contract.baseAliases,
  otherBases: contract.otherBases,
  engineVersions: contract.engineVersions,
  chatTemplate: contract.chatTemplate,
});
