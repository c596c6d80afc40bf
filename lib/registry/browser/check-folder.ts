import {
  type HeaderProblem,
  type HeaderResult,
  headerExtent,
  parseSafetensorsHeader,
  type Tensor,
} from "#lib/platform/safetensors/header.ts";
import type { Finding } from "../schema.ts";
import { type AdapterConfig, checkAdapterConfig, lfsPointer } from "./adapter-config.ts";
import { checkAgainstPool, type PoolRules } from "./check-against-pool.ts";
import { FORMAT_BYTES, formatOf } from "./file-format.ts";
import { CONFIG_FILE, checkFileSet, type FileEntry, WEIGHTS_FILE } from "./file-set.ts";
import { error, fieldOf, hasErrors, pass, shownText } from "./finding.ts";
import { highestRank, patternValue } from "./module-patterns.ts";
import { checkTensors, type TensorCheck } from "./tensors/check-tensors.ts";
import { dtypeOf, tensorFindings } from "./tensors/tensor-findings.ts";

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
  const { config, findings: configFindings } = checkAdapterConfig(await readText(configFile), pool.engineVersions);
  findings.push(...configFindings, ...(config === null ? [] : checkAgainstPool(config, pool)));
  const header = await readHeader(weights);
  if ("disguise" in header) return { stored, findings: [...findings, header.disguise], facts: null };
  if (!header.ok) return { stored, findings: [...findings, headerFinding(header.problem)], facts: null };
  const { tensors } = header.header;
  findings.push(soundHeader(tensors.length, weights.sizeBytes));
  if (config === null) return { stored, findings, facts: null };
  const check = checkTensors(tensors, rankOf(config), pool.baseShapes);
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

/** The header; or, where there cannot be one, what the file is instead. */
async function readHeader(weights: FolderFile): Promise<HeaderResult | { disguise: Finding }> {
  const first = await weights.read(0, Math.min(FORMAT_BYTES, weights.sizeBytes));
  const extent = headerExtent(first, weights.sizeBytes);
  const isHeader = extent.ok && first[8] === 0x7b;
  const disguise = isHeader ? null : disguiseOf(first);
  if (disguise !== null) return { disguise };
  if (!extent.ok) return extent;
  return parseSafetensorsHeader(await weights.read(0, extent.bytes), weights.sizeBytes);
}

function disguiseOf(first: Uint8Array): Finding | null {
  const format = formatOf(first);
  if (format === null) return null;
  const title = `${WEIGHTS_FILE} is ${format.name}`;
  const fix = `Export again with PEFT's save_pretrained(..., safe_serialization=True), which writes ${WEIGHTS_FILE}.`;
  switch (format.kind) {
    case "lfs":
      return lfsPointer(WEIGHTS_FILE);
    case "pickle": {
      const message =
        "Its name says safetensors, its bytes are a pickle, which can run code in the program that opens it.";
      return error({ code: "weights_are_pickle", title, message, fix, field: WEIGHTS_FILE });
    }
    case "archive": {
      const message = "Its name says safetensors, its bytes are an archive. Nothing is ever unpacked.";
      return error({ code: "weights_are_archive", title, message, fix, field: WEIGHTS_FILE });
    }
    case "other": {
      const message = "Its name says safetensors, its bytes are something else, which no node could read.";
      return error({ code: "weights_other_format", title, message, fix, field: WEIGHTS_FILE });
    }
  }
}

const HEADER_TITLES: Record<HeaderProblem["code"], string> = {
  safetensors_truncated: "The weights file is cut off",
  safetensors_header: "The header of the weights file is broken",
  safetensors_header_too_large: "The header of the weights file is too large",
  safetensors_too_many_tensors: "The weights file lists too many tensors",
  safetensors_duplicate_key: "A name appears twice in the header of the weights file",
  safetensors_size: "A tensor's bytes do not fit its dtype and shape",
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

/** Kinds of modules the catalog keeps; no model has more than a few dozen. */
const MOST_MODULES = 100;

const rankOf =
  ({ r, rank_pattern: pattern }: AdapterConfig) =>
  (path: string): number =>
    patternValue(pattern, path, r);

const factsOf = (config: AdapterConfig, check: TensorCheck, tensors: readonly Tensor[]): AdapterFacts => ({
  rank: highestRank(config.r, config.rank_pattern),
  alpha: config.lora_alpha,
  rsLora: config.use_rslora === true,
  baseModel: shownText(config.base_model_name_or_path, 300),
  targetModules: check.modules.slice(0, MOST_MODULES).map((module) => shownText(module, 100)),
  dtype: dtypeOf(tensors),
  tensors,
});
