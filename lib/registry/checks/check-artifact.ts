import type { FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { chatTemplateChecksum } from "#lib/pools/fingerprint.ts";
import type { TrainingContract } from "#lib/pools/schema.ts";
import { slotBytes } from "#lib/pools/slot-bytes.ts";
import type { PoolRecord } from "#lib/pools/store.ts";
import { trainingContractOf } from "#lib/pools/training-contract.ts";
import { openForReading, readFully, type StoredFile } from "../artifacts/artifact-files.ts";
import { hashFile } from "../artifacts/bytes/byte-jobs.ts";
import { manifestDigest } from "../artifacts/store-layout.ts";
import { type AdapterFacts, checkFolder, type FolderFile, readText } from "../browser/check-folder.ts";
import {
  BASE_CONFIG_FILE,
  CONFIG_FILE,
  TEMPLATE_FILE,
  TOKENIZER_CONFIG_FILE,
  TOKENIZER_FILE,
  WEIGHTS_FILE,
} from "../browser/file-set.ts";
import { valueFindings } from "../browser/tensors/value-findings.ts";
import type { CheckReport, Finding } from "../schema.ts";
import {
  type BaseChecksums,
  type BaseFilesCheck,
  checkBaseFiles,
  templateOf,
  tokenizerConfigOf,
} from "./check-base-files.ts";
import type { BaseFileTexts } from "./compared.ts";
import { type ModuleNorms, scanValues } from "./scan-values.ts";
import { compareTemplates } from "./template/compare-templates.ts";

/** What the catalog keeps about a version whose files could be read. */
export type VersionFacts = Omit<AdapterFacts, "tensors"> & BaseChecksums & { tensorCount: number };

/** Everything the checks decide about a version, written once. */
export type CheckOutcome = {
  state: "ready" | "rejected";
  digest: string;
  loraName: string | null;
  storePath: string | null;
  checkReport: CheckReport;
  facts: VersionFacts | null;
  moduleNorms: ModuleNorms | null;
};

export type CheckedArtifact = {
  findings: Finding[];
  facts: VersionFacts | null;
  /** True sizes and digests of what stands on disk. */
  files: StoredFile[];
  digest: string;
  /** null = the weights could not be read as tensors. */
  moduleNorms: ModuleNorms | null;
};

/** What an adapter is checked against: a pool's record, or what its training contract says of it. */
export type CheckedPool = Pick<
  PoolRecord,
  | "baseModel"
  | "baseRevision"
  | "baseAliases"
  | "otherBases"
  | "engineVersions"
  | "chatTemplate"
  | "architecture"
  | "baseShapes"
  | "architectureChecksum"
  | "chatTemplateChecksum"
  | "maxLoraRank"
  | "maxModelLen"
  | "dtype"
> & { tokenizerChecksum: string | null };

/**
 * The server's whole check of a directory of files that has arrived: everything the browser checks, again, plus true
 * digests, the checksums of design §5, and every single weight. Reports every reason, not only the first. Threads hash
 * all files side by side while the header, and then the weights, are looked at.
 * @param names flat file names inside `directory`
 * @throws UnreadableFile naming the file; the signal's reason once the caller has gone
 */
export async function checkArtifact(
  directory: string,
  names: readonly string[],
  pool: CheckedPool,
  signal?: AbortSignal,
): Promise<CheckedArtifact> {
  const ended = new AbortController(); // a check that fails half-way leaves no thread hashing
  const options = { signal: signal ? AbortSignal.any([signal, ended.signal]) : ended.signal };
  const hashes = Promise.all(
    names.map(async (path) => ({ path, ...(await hashFile(join(directory, path), options)) })),
  );
  hashes.catch(() => {}); // awaited below; this only keeps it from counting as unhandled meanwhile
  const opened = new Map<string, OpenFile>();
  try {
    for (const path of names) opened.set(path, await openFile(join(directory, path)));
    const folder = [...opened].map(([path, file]) => folderFile(path, file));
    const { findings, facts } = await checkFolder(folder, { ...pool, slotBytes: slotBytes(pool) });
    const base = await checkBase(await baseTexts(folder), trainingContractOf(pool));
    const scan = facts && (await scanValues(join(directory, WEIGHTS_FILE), facts.tensors, options.signal));
    findings.push(...base.findings, ...(scan ? valueFindings(scan, facts.tensors.length) : []));
    const files: StoredFile[] = await hashes;
    return {
      findings,
      files,
      digest: manifestDigest(files),
      moduleNorms: scan?.norms ?? null,
      facts: facts && versionFacts(facts, base.checksums),
    };
  } finally {
    ended.abort();
    await Promise.all([...opened.values()].map(({ handle }) => handle.close()));
  }
}

/** Templates are rendered only where their text differs from the pool's. */
async function checkBase(texts: BaseFileTexts, contract: TrainingContract): Promise<BaseFilesCheck> {
  const template = templateOf(texts);
  const isOther = template !== null && chatTemplateChecksum(template) !== contract.chatTemplateChecksum;
  if (!isOther || contract.chatTemplate === null) return checkBaseFiles(texts, contract);
  const verdict = await compareTemplates(contract.chatTemplate, template, tokenizerConfigOf(texts));
  return checkBaseFiles(texts, contract, verdict);
}

type OpenFile = { handle: FileHandle; sizeBytes: number };

async function openFile(path: string): Promise<OpenFile> {
  const handle = await openForReading(path);
  return { handle, sizeBytes: (await handle.stat()).size };
}

const folderFile = (path: string, { handle, sizeBytes }: OpenFile): FolderFile => ({
  path,
  sizeBytes,
  read: async (begin, end) => readFully(handle, new Uint8Array(end - begin), begin),
});

/** The files whose text is compared with the pool's; of the others it only counts that they are there. */
const COMPARED = [BASE_CONFIG_FILE, TOKENIZER_FILE, TOKENIZER_CONFIG_FILE, TEMPLATE_FILE];

async function baseTexts(folder: readonly FolderFile[]): Promise<Record<string, string | null>> {
  const others = folder.filter(({ path }) => path !== WEIGHTS_FILE && path !== CONFIG_FILE);
  const texts = others.map(
    async (file) => [file.path, COMPARED.includes(file.path) ? await readText(file) : ""] as const,
  );
  return Object.fromEntries(await Promise.all(texts));
}

const versionFacts = ({ tensors, ...facts }: AdapterFacts, checksums: BaseChecksums): VersionFacts => ({
  ...facts,
  ...checksums,
  tensorCount: tensors.length,
});
