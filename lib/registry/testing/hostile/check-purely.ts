import { decodeFloats, isFloatDtype } from "#lib/platform/safetensors/elements.ts";
import type { Tensor } from "#lib/platform/safetensors/header.ts";
import { architectureChecksum, chatTemplateChecksum, tokenizerChecksum } from "#lib/pools/fingerprint.ts";
import type { TrainingContract } from "#lib/pools/schema.ts";
import { trainingContractOf } from "#lib/pools/training-contract.ts";
import { checkFolder, type FolderFile, readText } from "../../browser/check-folder.ts";
import { hasErrors } from "../../browser/finding.ts";
import { valueFindings } from "../../browser/tensors/value-findings.ts";
import { checkBaseFiles } from "../../checks/check-base-files.ts";
import { valuesOf } from "../../checks/scan-values.ts";
import type { Finding } from "../../schema.ts";
import { BASE, POOL_RULES } from "../adapter-folder.ts";
import { CONFIG, type HostileFolder, hostileFiles, WEIGHTS } from "./hostile-folder.ts";

const CONTRACT: TrainingContract = trainingContractOf({
  ...POOL_RULES,
  architectureChecksum: architectureChecksum(BASE.configJson),
  tokenizerChecksum: tokenizerChecksum(BASE.tokenizerJson),
  chatTemplateChecksum: chatTemplateChecksum(BASE.chatTemplate),
  chatTemplate: BASE.chatTemplate,
  maxModelLen: 4096,
});

/** Every check of an intake over a folder in memory, in the order of the server's, without a thread or a disk. */
export async function checkPurely({ files, pool = {}, contract = {} }: HostileFolder): Promise<Finding[]> {
  const folder = hostileFiles(files());
  const { findings, facts, stored } = await checkFolder(folder, { ...POOL_RULES, ...pool });
  // What the server says of a set of files it refuses, it says before it reads one.
  if (hasErrors(findings.filter(({ code }) => code !== "config_not_json")) && facts === null) return findings;
  const base = folder.filter(
    ({ path }) => stored.some((file) => file.path === path) && path !== CONFIG && path !== WEIGHTS,
  );
  const texts = await Promise.all(base.map(async (file) => [file.path, await readText(file)] as const));
  findings.push(...checkBaseFiles(Object.fromEntries(texts), { ...CONTRACT, ...contract }).findings);
  const weights = folder.find(({ path }) => path === WEIGHTS);
  if (facts === null || weights === undefined) return findings;
  const sums = await Promise.all(
    facts.tensors.filter(({ dtype }) => isFloatDtype(dtype)).map((tensor) => sumOf(weights, tensor)),
  );
  return [...findings, ...valueFindings(valuesOf(sums), facts.tensors.length)];
}

async function sumOf(weights: FolderFile, { name, dtype, begin, end }: Tensor): Promise<{ name: string; sum: number }> {
  if (!isFloatDtype(dtype)) return { name, sum: 0 };
  const values = decodeFloats(await weights.read(begin, end), dtype);
  return { name, sum: values.reduce((sum, value) => sum + value * value, 0) };
}
