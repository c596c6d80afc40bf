import {
  type HeaderProblem,
  headerExtent,
  parseSafetensorsHeader,
  type Tensor,
} from "#lib/platform/safetensors/header.ts";
import type { Finding } from "../schema.ts";
import { type AdapterConfig, checkAdapterConfig } from "./adapter-config.ts";
import { checkAgainstPool, type PoolRules } from "./check-against-pool.ts";
import { checkTensors, type TensorCheck } from "./check-tensors.ts";
import { CONFIG_FILE, checkFileSet, type FileEntry, WEIGHTS_FILE } from "./file-set.ts";
import { error, fieldOf, hasErrors, pass } from "./finding.ts";
import { dtypeOf, tensorFindings } from "./tensor-findings.ts";

/** One file of the folder: in a browser over `File.slice`, on the server over a file handle. */
export type FolderFile = FileEntry & { read(begin: number, end: number): Promise<Uint8Array> };

/** What the checks learned about an adapter they could read. */
export type AdapterFacts = {
  rank: number;
  alpha: number;
  rsLora: boolean;
  baseModel: string;
  targetModules: string[];
  /** The one dtype of all tensors, or "mixed". */
  dtype: string;
  tensors: readonly Tensor[];
};
export type FolderCheck = { stored: FileEntry[]; findings: Finding[]; facts: AdapterFacts | null };

/**
 * Every check that needs only the small files, the header of the weights, and the pool's rules. The browser runs it
 * before it sends a byte; the server runs it again on what arrived.
 * @param files paths relative to the adapter's folder
 */
export async function checkFolder(files: readonly FolderFile[], pool: PoolRules): Promise<FolderCheck> {
  const { stored, findings } = checkFileSet(files);
  const file = (path: string) => (hasErrors(findings) ? undefined : files.find((entry) => entry.path === path));
  const configFile = file(CONFIG_FILE);
  const weights = file(WEIGHTS_FILE);
  if (configFile === undefined || weights === undefined) return { stored, findings, facts: null };
  const { config, findings: configFindings } = checkAdapterConfig(await readText(configFile));
  findings.push(...configFindings, ...(config === null ? [] : checkAgainstPool(config, pool)));
  const header = await readHeader(weights);
  if (!header.ok) return { stored, findings: [...findings, headerFinding(header.problem)], facts: null };
  const { tensors } = header.header;
  findings.push(soundHeader(tensors.length, weights.sizeBytes));
  if (config === null) return { stored, findings, facts: null };
  const check = checkTensors(tensors, config.r, pool.baseShapes);
  findings.push(...tensorFindings(check, tensors, config, pool));
  return { stored, findings, facts: factsOf(config, check, tensors) };
}

/** A file's text, or null when it is not UTF-8. */
export async function readText(file: FolderFile): Promise<string | null> {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(await file.read(0, file.sizeBytes));
  } catch (thrown) {
    if (thrown instanceof TypeError) return null; // the decoder's own way to say "not UTF-8"
    throw thrown;
  }
}

async function readHeader(weights: FolderFile) {
  const extent = headerExtent(await weights.read(0, Math.min(8, weights.sizeBytes)), weights.sizeBytes);
  if (!extent.ok) return extent;
  return parseSafetensorsHeader(await weights.read(0, extent.bytes), weights.sizeBytes);
}

const HEADER_TITLES: Record<HeaderProblem["code"], string> = {
  safetensors_truncated: "The weights file is cut off",
  safetensors_header: "The header of the weights file is broken",
  safetensors_overlap: "The tensors overlap or leave gaps",
  safetensors_trailing: "The weights file has bytes that belong to nothing",
  dtype_unsupported: "A tensor has an unknown format",
};

const headerFinding = ({ code, message, tensor }: HeaderProblem): Finding =>
  error({
    code,
    title: HEADER_TITLES[code],
    message: tensor === null ? message : `${tensor}: ${message}`,
    fix:
      code === "dtype_unsupported"
        ? "Export in bfloat16, float16 or float32."
        : "Copy the file again and compare sizes; if that does not help, export the adapter again.",
    field: fieldOf(WEIGHTS_FILE, tensor),
  });

const soundHeader = (count: number, sizeBytes: number): Finding =>
  pass({
    code: "safetensors_sound",
    title: "The weights file is whole",
    message: `Every one of its ${sizeBytes} bytes belongs to the header or to one of ${count} tensors.`,
    field: WEIGHTS_FILE,
  });

const factsOf = (config: AdapterConfig, check: TensorCheck, tensors: readonly Tensor[]): AdapterFacts => ({
  rank: config.r,
  alpha: config.lora_alpha,
  rsLora: config.use_rslora === true,
  baseModel: config.base_model_name_or_path,
  targetModules: check.modules,
  dtype: dtypeOf(tensors),
  tensors,
});
