import { execFile } from "node:child_process";
import { copyFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { childEnv } from "#lib/platform/env.ts";
import { ROWS } from "#lib/vllm/contract/silent/rows.ts";
import { ROOT } from "../../launch/root.ts";
import { addCounts, type Counts } from "../../test/count-results.ts";
import { type AdapterDirectories, TRAINED_WEIGHTS } from "../adapter-directories.ts";
import { startSimulated } from "../start-simulated.ts";
import { startVllm, type VllmInstall } from "../start-vllm.ts";
import { checkRows } from "./check-rows.ts";
import { differenceOf, mistakeOf } from "./judge-row.ts";
import { type Pickle, type RowDirectories, writeRowDirectories } from "./row-directories.ts";
import { runRows, type SeenRow } from "./run-rows.ts";
import { renderSilentFailures } from "./silent-page.ts";
import { testPeftFolders } from "./test-peft.ts";

type Print = (line: string) => void;

/**
 * Loads every row into a real engine and into simulated nodes, runs our own checks on the same folders, and writes
 * `docs/silent-failures.md`; then the folders that PEFT makes. Each row counts once a side, each folder once.
 * @param root an empty directory of the caller's @throws Error when an engine does not start
 */
export async function testSilent(
  install: VllmInstall,
  { root, adapters, version, print }: { root: string; adapters: AdapterDirectories; version: string; print: Print },
): Promise<Counts> {
  const directories = await writeRowDirectories(root, ROWS, pickleWeights(install.python, TRAINED_WEIGHTS));
  const startedAt = performance.now();
  const real = await runRows(ROWS, (start) => startVllm(install, start), { adapters, directories });
  print(`  ${ROWS.length} silent rows in ${((performance.now() - startedAt) / 1000).toFixed(0)} s`);
  const simulated = await runRows(
    ROWS.filter(({ pickled }) => !pickled),
    (start) => startSimulated(start),
    { adapters, directories },
  );
  const counts = [
    await testPeftFolders(install, { root: join(root, "peft"), adapters, version, print }),
    countSide("vLLM", real, print),
    countSide("simulated node", simulated, print),
    await countChecks(real, { directories, version, print }),
  ];
  return counts.reduce(addCounts);
}

function countSide(side: string, seen: readonly SeenRow[], print: Print): Counts {
  const counts: Counts = { passed: 0, failed: 0, skipped: 0 };
  for (const row of seen) {
    const expected = ROWS.find(({ id }) => id === row.id);
    const difference = expected ? differenceOf(expected, row) : "there is no such row";
    if (difference === null) counts.passed += 1;
    else counts.failed += 1;
    if (difference !== null) print(`  FAILED ${side}, ${row.id}: ${difference}`);
  }
  return counts;
}

async function countChecks(
  seen: readonly SeenRow[],
  { directories, version, print }: { directories: RowDirectories; version: string; print: Print },
): Promise<Counts> {
  const findings = await checkRows(ROWS, directories, version);
  const mistakes = ROWS.flatMap((row) => {
    const mistake = mistakeOf(row, findings.get(row.id) ?? []);
    return mistake === null ? [] : [`${row.id}: ${mistake}`];
  });
  for (const mistake of mistakes) print(`  FAILED our checks, ${mistake}`);
  const path = join("docs", "silent-failures.md");
  const date = new Date().toISOString().slice(0, 10);
  await writeFile(join(ROOT, path), renderSilentFailures({ rows: ROWS, seen, findings, version, date }));
  print(`Wrote ${path}`);
  return { passed: ROWS.length - mistakes.length, failed: mistakes.length, skipped: 0 };
}

const run = promisify(execFile);

const SAVE_PICKLED =
  "import sys, torch; from safetensors.torch import load_file; torch.save(load_file(sys.argv[1]), sys.argv[2])";

/** Writes `weights` into a directory as torch's pickle. @throws Error when Python has no torch */
const pickleWeights =
  (python: string, weights: string): Pickle =>
  async (directory) => {
    const copy = join(directory, "copy.safetensors");
    await copyFile(weights, copy);
    await run(python, ["-c", SAVE_PICKLED, copy, join(directory, "adapter_model.bin")], { env: childEnv({}) });
    await rm(copy);
  };
