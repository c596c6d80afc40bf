import type { FileHandle } from "node:fs/promises";
import { join } from "node:path";
import type { TrainingContract } from "#lib/pools/schema.ts";
import { slotBytes } from "#lib/pools/slot-bytes.ts";
import type { PoolRecord } from "#lib/pools/store.ts";
import { trainingContractOf } from "#lib/pools/training-contract.ts";
import { hashFile, openForReading, readFully, type StoredFile } from "../artifacts/artifact-files.ts";
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
import { hasErrors, note, pass } from "../browser/finding.ts";
import { findingsOf } from "../browser/tensor-problem.ts";
import type { CheckReport, Finding } from "../schema.ts";
import { type BaseChecksums, checkBaseFiles } from "./check-base-files.ts";
import { scanValues } from "./scan-values.ts";

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
};

export type CheckedArtifact = {
  findings: Finding[];
  facts: VersionFacts | null;
  /** True sizes and digests of what stands on disk. */
  files: StoredFile[];
  digest: string;
};

/**
 * The server's whole check of a directory of files that has arrived: everything the browser checks, again, plus true
 * digests, the checksums of design §5, and every single weight. Reports every reason, not only the first.
 * @param names flat file names inside `directory`
 */
export async function checkArtifact(
  directory: string,
  names: readonly string[],
  pool: PoolRecord,
): Promise<CheckedArtifact> {
  const files: StoredFile[] = [];
  for (const path of names) files.push({ path, ...(await hashFile(join(directory, path))) });
  const opened = new Map<string, FileHandle>();
  try {
    for (const { path } of files) opened.set(path, await openForReading(join(directory, path)));
    const folder = files.map((file) => folderFile(file, opened));
    const { findings, facts } = await checkFolder(folder, { ...pool, slotBytes: slotBytes(pool) });
    const base = checkBaseFiles(await baseTexts(folder), trainingContractOf(pool) satisfies TrainingContract);
    findings.push(...base.findings, ...(await valueFindings(opened.get(WEIGHTS_FILE), facts)));
    return { findings, facts: facts && versionFacts(facts, base.checksums), files, digest: manifestDigest(files) };
  } finally {
    await Promise.all([...opened.values()].map((handle) => handle.close()));
  }
}

const folderFile = ({ path, sizeBytes }: StoredFile, opened: ReadonlyMap<string, FileHandle>): FolderFile => ({
  path,
  sizeBytes,
  read: async (begin, end) => {
    const handle = opened.get(path);
    if (handle === undefined) throw new Error(`${path} is not open`);
    return readFully(handle, new Uint8Array(end - begin), begin);
  },
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

async function valueFindings(weights: FileHandle | undefined, facts: AdapterFacts | null): Promise<Finding[]> {
  if (weights === undefined || facts === null) return [];
  const scan = await scanValues(weights, facts.tensors);
  const findings = findingsOf(scan.problems);
  if (!hasErrors(findings))
    findings.push(
      pass({
        code: "values_finite",
        title: "Every weight is a number",
        message: `All values of ${facts.tensors.length} tensors were read.`,
        field: WEIGHTS_FILE,
      }),
    );
  if (scan.withoutEffect)
    findings.push(
      note({
        code: "no_effect",
        title: "The adapter changes nothing",
        message: "In every module A or B is all zero, so answers equal the base model's. The load probe will fail.",
        fix: "Check that the trained weights were exported, not the initial ones.",
        field: WEIGHTS_FILE,
      }),
    );
  return findings;
}

const versionFacts = ({ tensors, ...facts }: AdapterFacts, checksums: BaseChecksums): VersionFacts => ({
  ...facts,
  ...checksums,
  tensorCount: tensors.length,
});
